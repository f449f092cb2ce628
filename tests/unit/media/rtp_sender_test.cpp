// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_sender.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/media/sound_check.h"

using namespace std::chrono_literals;

namespace {

// Each sample is a byte of a codec that does nothing; 8 kHz.
struct PlainEncoder : media::Encoder {
  unsigned sample_rate() const override { return 8000; }
  std::size_t frame_samples() const override { return 160; }
  std::size_t bytes_per_millisecond() const override { return 8; }
  bool encode(std::span<const media::Sample> frame, std::vector<std::byte>& payload) override {
    for (const media::Sample sample : frame) payload.push_back(static_cast<std::byte>(sample));
    return true;
  }
};

struct Fixture {
  media::Counters counters;
  media::RtpSender sender{counters};
  PlainEncoder encoder;
  media::AudioParameters parameters;
  media::Time now = 1s;
  std::vector<std::vector<std::byte>> sent;
  std::vector<media::Sample> frame = std::vector<media::Sample>(160);

  Fixture() {
    parameters.dtmf_payload_type = 101;
    apply();
  }
  void apply() { sender.apply(parameters, *media::find_codec("PCMU"), &encoder); }
  void run(int ticks) {
    for (int i = 0; i < ticks; ++i, now += 20ms)
      BOOST_TEST(sender.tick(frame, now, [this](media::Bytes bytes) {
        sent.emplace_back(bytes.begin(), bytes.end());
        return true;
      }));
  }
  media::RtpPacket packet(std::size_t at) const { return media::parse_rtp(sent.at(at)).value(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rtp_sender, Fixture)

BOOST_AUTO_TEST_CASE(sound_goes_out_in_sequence) {
  run(5);
  BOOST_TEST_REQUIRE(sent.size() == 5u);
  BOOST_TEST(packet(0).header.sequence < 0x8000);
  BOOST_TEST(packet(0).header.marker);
  for (std::uint16_t i = 1; i < 5; ++i) {
    BOOST_TEST(!packet(i).header.marker);
    BOOST_TEST(packet(i).header.sequence == packet(0).header.sequence + i);
    BOOST_TEST(packet(i).header.timestamp == packet(0).header.timestamp + 160u * i);
    BOOST_TEST(packet(i).header.ssrc == sender.ssrc());
  }
  BOOST_TEST(counters.packets_sent.value() == 5u);
  BOOST_TEST(counters.bytes_sent.value() == 800u);
}

BOOST_DATA_TEST_CASE(packets_have_the_wanted_length, boost::unit_test::data::make({10, 20, 30, 50, 60, 120}), ptime) {
  parameters.ptime = std::chrono::milliseconds(ptime);
  apply();
  run(60);
  BOOST_TEST(sent.size() == static_cast<std::size_t>(1200 / ptime));
  for (std::size_t i = 0; i < sent.size(); ++i) {
    BOOST_TEST(packet(i).payload.size() == static_cast<std::size_t>(8 * ptime));
    BOOST_TEST(packet(i).header.timestamp - packet(0).header.timestamp == static_cast<unsigned>(8 * ptime) * i);
  }
}

BOOST_AUTO_TEST_CASE(hold_sends_nothing_and_time_goes_on) {
  run(3);
  parameters.send = false;
  apply();
  run(10);
  BOOST_TEST(sent.size() == 3u);
  parameters.send = true;
  apply();
  run(1);
  BOOST_TEST(packet(3).header.sequence == packet(2).header.sequence + 1);
  BOOST_TEST(packet(3).header.timestamp == packet(2).header.timestamp + 11u * 160);
  BOOST_TEST(packet(3).header.marker);
}

BOOST_AUTO_TEST_CASE(hold_keeps_the_path_alive) {
  parameters.send = false;
  apply();
  run(50 * 31);
  BOOST_TEST_REQUIRE(sent.size() == 2u);
  BOOST_TEST(packet(0).payload.size() == 0u);
  for (const int type : {0, 101}) BOOST_TEST(packet(0).header.payload_type != type);
  BOOST_TEST(packet(1).header.timestamp - packet(0).header.timestamp == 15u * 8000);
  BOOST_TEST(counters.packets_sent.value() == 0u);
}

BOOST_AUTO_TEST_CASE(a_digit_takes_the_place_of_sound) {
  run(2);
  sender.digits().send('7');
  run(15);
  BOOST_TEST_REQUIRE(sent.size() == 17u - 0);
  const std::uint32_t start = packet(1).header.timestamp + 160;
  for (std::size_t i = 2; i < 12; ++i) {
    BOOST_TEST(packet(i).header.payload_type == 101);
    BOOST_TEST(packet(i).header.timestamp == start);
    BOOST_TEST(packet(i).header.marker == (i == 2));
  }
  for (std::size_t i = 1; i < sent.size(); ++i)
    BOOST_TEST(packet(i).header.sequence == packet(i - 1).header.sequence + 1);
  // Sound goes on where it would be without the digit.
  BOOST_TEST(packet(12).header.payload_type == 0);
  BOOST_TEST(packet(12).header.timestamp == start + 10 * 160);
}

BOOST_AUTO_TEST_CASE(a_change_of_codec_goes_on_in_sequence) {
  run(2);
  PlainEncoder other;
  parameters.payload_type = 8;
  sender.apply(parameters, *media::find_codec("PCMA"), &other);
  run(1);
  BOOST_TEST(packet(2).header.payload_type == 8);
  BOOST_TEST(packet(2).header.sequence == packet(1).header.sequence + 1);
  BOOST_TEST(packet(2).header.timestamp == packet(1).header.timestamp + 160);
}

BOOST_AUTO_TEST_SUITE_END()
