// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_receiver.h"

#include <boost/test/unit_test.hpp>

#include "tests/unit/media/sound_check.h"

using namespace std::chrono_literals;

namespace {

// A payload byte is the value of all its samples.
struct PlainDecoder : media::Decoder {
  unsigned sample_rate() const override { return 8000; }
  bool conceal(std::size_t, media::Bytes, std::vector<media::Sample>&) override { return false; }
  bool decode(media::Bytes payload, std::vector<media::Sample>& sound) override {
    for (const std::byte byte : payload) sound.push_back(static_cast<media::Sample>(std::to_integer<int>(byte) * 100));
    return true;
  }
};

struct Fixture {
  media::Counters counters;
  std::vector<media::AudioEvent> events;
  media::RtpReceiver receiver{counters, [this](const media::AudioEvent& event) { events.push_back(event); }};
  PlainDecoder decoder;
  media::AudioParameters parameters;
  const media::Endpoint peer = *media::Endpoint::from_text("192.0.2.1", 5000);
  media::Time now = 100s;

  Fixture() {
    parameters.remote_address = "192.0.2.1";
    parameters.remote_port = 5000;
    parameters.receive_dtmf_payload_type = 101;
    receiver.apply(parameters, *media::find_codec("PCMU"), &decoder);
  }
  void get(const media::RtpHeader& header, std::vector<std::byte> payload) {
    std::vector<std::byte> bytes(media::rtp_header_size);
    media::write_rtp(header, std::span(bytes).first<media::rtp_header_size>());
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    receiver.receive({bytes, peer, now});
  }
  void get_sound(std::uint16_t number, std::uint32_t ssrc, int value) {
    get({false, 0, number, number * 160u, ssrc}, std::vector<std::byte>(160, static_cast<std::byte>(value)));
  }
  // One tick: its last sample.
  int tick() {
    std::vector<media::Sample> sound;
    now += 20ms;
    BOOST_TEST(receiver.frame(now, sound));
    BOOST_TEST(sound.size() == 160u);
    return sound.back();
  }
  template <typename Event>
  std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(
        events.begin(), events.end(), [](const auto& event) { return std::holds_alternative<Event>(event); }));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rtp_receiver, Fixture)

BOOST_AUTO_TEST_CASE(the_first_packet_is_told_once) {
  for (std::uint16_t i = 0; i < 10; ++i) get_sound(i, 1, 50), tick();
  BOOST_TEST(count<media::GotAudio>() == 1u);
  BOOST_TEST(std::get<media::GotAudio>(events[0]).address == "192.0.2.1");
  get_sound(10, 1, 50);
  BOOST_TEST(tick() == 5000);
}

BOOST_AUTO_TEST_CASE(another_source_is_followed_and_two_that_alternate_do_not_tear_the_sound) {
  std::uint16_t number = 0;
  for (; number < 10; ++number) get_sound(number, 1, 50), tick();
  for (; number < 30; ++number) {
    get_sound(number, 1, 50);
    get_sound(static_cast<std::uint16_t>(number + 20000), 2, 90);
    if (number > 12)
      BOOST_TEST(tick() == 5000);
    else
      tick();
  }
  for (; number < 40; ++number) get_sound(static_cast<std::uint16_t>(number + 20000), 2, 90), tick();
  get_sound(static_cast<std::uint16_t>(number + 20000), 2, 90);
  BOOST_TEST(tick() == 9000);
  BOOST_TEST(receiver.ssrc().value() == 2u);
  BOOST_TEST(counters.packets_lost.value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_flood_of_digits_is_capped_at_twenty_a_second) {
  for (std::uint16_t i = 0; i < 10000; ++i) {
    now += 100us;
    get({true, 101, i, i * 4000u, 1}, {static_cast<std::byte>(i % 16), std::byte{10}, std::byte{0}, std::byte{160}});
  }
  BOOST_TEST(count<media::GotDigit>() <= 20u);
  now += 1s;
  get({true, 101, 10000, 400000000, 1}, {std::byte{1}, std::byte{10}, std::byte{0}, std::byte{160}});
  BOOST_TEST(count<media::GotDigit>() <= 21u);
}

BOOST_AUTO_TEST_CASE(what_nobody_negotiated_is_dropped) {
  for (std::uint8_t type = 1; type < 128; ++type)
    if (type != 13 && type != 101) get({false, type, type, 0, 1}, {std::byte{1}});
  get({false, 0, 1, 0, 1}, {});
  BOOST_TEST(counters.packets_dropped.value() == 126u);
  BOOST_TEST(events.empty());
  // Comfort noise is a sign of life.
  get({false, 13, 1, 0, 1}, {std::byte{1}});
  BOOST_TEST(counters.packets_received.value() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_not_wanted_is_counted_and_silent) {
  parameters.receive = false;
  receiver.apply(parameters, *media::find_codec("PCMU"), &decoder);
  for (std::uint16_t i = 0; i < 10; ++i) {
    get_sound(i, 1, 50);
    BOOST_TEST(tick() == 0);
  }
  BOOST_TEST(counters.packets_received.value() == 10u);
}

BOOST_AUTO_TEST_SUITE_END()
