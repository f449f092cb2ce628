// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/coder.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "base/error.h"
#include "media/element_chain.h"
#include "tests/unit/media/sound_check.h"

namespace {

struct Fixture {
  Fixture() { media::initialize_gstreamer(); }
};

media::CoderSettings of(const char* codec) { return {.codec = media::find_codec(codec)}; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(coder, Fixture)

BOOST_AUTO_TEST_CASE(the_table_is_that_of_sdp) {
  BOOST_TEST(media::all_codecs()[0].name == "opus");
  BOOST_TEST(media::find_codec("pcmu")->static_payload_type.value() == 0);
  BOOST_TEST(media::find_codec("PCMA")->static_payload_type.value() == 8);
  BOOST_TEST(media::find_codec("G722")->static_payload_type.value() == 9);
  // RFC 3551, 4.5.2: the clock of G722 is wrong for ever.
  BOOST_TEST(media::find_codec("g722")->clock_rate == 8000u);
  BOOST_TEST(media::find_codec("g722")->sample_rate == 16000u);
  BOOST_TEST(media::find_codec("OPUS")->channels == 2u);
  BOOST_TEST(media::find_codec("GSM") == nullptr);
  BOOST_TEST(media::available_codecs().size() == 4u);
}

const std::vector<const char*> codecs{"PCMU", "PCMA", "G722", "opus"};

BOOST_DATA_TEST_CASE(one_frame_in_is_one_out_and_the_tone_stays, boost::unit_test::data::make(codecs), codec) {
  const auto encoder = media::make_encoder(of(codec));
  const auto decoder = media::make_decoder(of(codec));
  const auto rate = encoder->sample_rate();
  BOOST_TEST(rate == media::find_codec(codec)->sample_rate);
  BOOST_TEST(encoder->frame_samples() == rate / 50);
  const auto tone = sound_check::tone(440, rate, 50 * encoder->frame_samples());
  std::vector<media::Sample> sound;
  for (std::size_t at = 0; at < tone.size(); at += encoder->frame_samples()) {
    std::vector<std::byte> payload;
    BOOST_TEST_REQUIRE(encoder->encode(std::span(tone).subspan(at, encoder->frame_samples()), payload));
    if (encoder->bytes_per_millisecond() != 0) BOOST_TEST(payload.size() == 160u);
    BOOST_TEST(!payload.empty());
    const std::size_t had = sound.size();
    BOOST_TEST_REQUIRE(decoder->decode(payload, sound));
    BOOST_TEST(sound.size() - had == rate / 50);
  }
  BOOST_TEST(sound_check::share_of_tone(std::span(sound).last(rate / 2), 440, rate) > 0.99);
}

BOOST_DATA_TEST_CASE(any_bytes_are_decoded_without_harm, boost::unit_test::data::make(codecs), codec) {
  const auto decoder = media::make_decoder(of(codec));
  std::vector<media::Sample> sound;
  for (std::size_t size = 1; size < 1500; size += 37)
    for (const int value : {0, 0x5a, 0xff}) {
      sound.clear();
      BOOST_TEST(decoder->decode(std::vector<std::byte>(size, static_cast<std::byte>(value)), sound));
      BOOST_TEST(sound.size() <= 48000u);
    }
}

BOOST_AUTO_TEST_CASE(opus_is_coded_at_what_the_peer_plays) {
  for (const auto& [wanted, rate] :
       {std::pair{48000u, 48000u}, {44100u, 24000u}, {16000u, 16000u}, {8000u, 8000u}, {1u, 8000u}}) {
    auto settings = of("opus");
    settings.max_playback_rate = wanted;
    BOOST_TEST(media::make_encoder(settings)->sample_rate() == rate);
  }
  for (const auto& [ptime, length] : {std::pair{10, 10u}, {20, 20u}, {30, 20u}, {60, 60u}, {120, 120u}}) {
    auto settings = of("opus");
    settings.ptime = std::chrono::milliseconds(ptime);
    const auto encoder = media::make_encoder(settings);
    BOOST_TEST(encoder->frame_samples() == 48 * length);
    std::vector<std::byte> payload;
    BOOST_TEST(encoder->encode(std::vector<media::Sample>(encoder->frame_samples()), payload));
    std::vector<media::Sample> sound;
    BOOST_TEST(media::make_decoder(of("opus"))->decode(payload, sound));
    BOOST_TEST(sound.size() == encoder->frame_samples());
  }
}

BOOST_AUTO_TEST_CASE(opus_brings_a_lost_frame_back_from_the_next) {
  auto settings = of("opus");
  settings.engine_rate = 16000;
  const auto encoder = media::make_encoder(settings);
  encoder->expect_loss(0.2);
  const auto plain = media::make_decoder(settings);
  const auto with_fec = media::make_decoder(settings);
  // A tone that changes where the packet is lost: only the next one knows.
  std::vector<std::vector<std::byte>> payloads(40);
  for (std::size_t i = 0; i < payloads.size(); ++i)
    encoder->encode(sound_check::tone(i < 30 ? 300 : 900, 16000, 320), payloads[i]);
  std::vector<media::Sample> sound, other;
  for (std::size_t i = 0; i < 31; ++i) plain->decode(payloads[i], sound), with_fec->decode(payloads[i], other);
  sound.clear();
  other.clear();
  BOOST_TEST(plain->conceal(320, {}, sound));
  BOOST_TEST(with_fec->conceal(320, payloads[32], other));
  BOOST_TEST(sound.size() == 320u);
  BOOST_TEST(other.size() == 320u);
  BOOST_TEST((sound != other));
}

BOOST_AUTO_TEST_CASE(a_chain_that_can_not_be_is_refused_and_a_broken_one_says_so) {
  BOOST_CHECK_THROW(media::make_element("nosuchelement"), base::Error);
  BOOST_TEST(!media::element_present("nosuchelement"));
  BOOST_CHECK_THROW(media::ElementChain({"mulawenc", "nosuchelement"}, "audio/x-raw"), base::Error);
  // Caps that the element can not take.
  media::ElementChain wrong({"mulawdec"}, "video/x-raw,width=1,height=1");
  const std::vector<std::byte> bytes(160);
  std::vector<std::byte> out;
  BOOST_TEST(!wrong.push(bytes, out));
  BOOST_TEST(!wrong.push(bytes, out));
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_SUITE_END()
