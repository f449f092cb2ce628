// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/dtmf.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/media/bytes_of.h"

using media::DtmfReceiver;
using media::DtmfSender;
using media::TelephoneEvent;

namespace {

constexpr std::string_view digits = "0123456789*#ABCD";

// What a receiver makes of the packets that a sender gives for the text, 160 units a tick.
std::vector<DtmfSender::Packet> packets_of(std::string_view text) {
  DtmfSender sender;
  for (const char digit : text) sender.send(digit);
  std::vector<DtmfSender::Packet> packets;
  for (std::uint32_t tick = 0; !sender.idle() && tick < 1000; ++tick)
    if (const auto packet = sender.tick(1000 + tick * 160, 160)) packets.push_back(*packet);
  return packets;
}

std::string heard(const std::vector<DtmfSender::Packet>& packets) {
  DtmfReceiver receiver;
  std::string text;
  for (const auto& packet : packets)
    if (const auto digit = receiver.receive(packet.event, packet.timestamp, packet.marker, 8000)) text += *digit;
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dtmf)

BOOST_AUTO_TEST_CASE(sixteen_digits_are_events_and_no_other_character_is) {
  int known = 0;
  for (int code = 0; code < 256; ++code) {
    const auto event = media::event_of_digit(static_cast<char>(code));
    known += event.has_value();
    if (event && code < 'a') BOOST_TEST(media::digit_of_event(*event).value() == static_cast<char>(code));
  }
  BOOST_TEST(known == 20);
  BOOST_TEST(media::event_of_digit('*').value() == 10);
  BOOST_TEST(media::event_of_digit('d').value() == 15);
  BOOST_TEST(!media::digit_of_event(16).has_value());
  BOOST_TEST(!media::digit_of_event(255).has_value());
}

BOOST_AUTO_TEST_CASE(an_event_is_four_bytes) {
  std::array<std::byte, 4> bytes;
  media::write_telephone_event({.event = 11, .end = true, .volume = 10, .duration = 0x0320}, bytes);
  BOOST_TEST((std::vector(bytes.begin(), bytes.end()) == bytes_of("0b8a0320")));
  BOOST_TEST((media::parse_telephone_event(bytes).value() == TelephoneEvent{11, true, 10, 0x0320}));
  for (std::size_t size = 0; size < 4; ++size)
    BOOST_TEST(!media::parse_telephone_event(media::Bytes(bytes).first(size)).has_value());
}

BOOST_AUTO_TEST_CASE(a_digit_is_sent_as_rfc_4733_says) {
  const auto packets = packets_of("5");
  BOOST_TEST_REQUIRE(packets.size() == 10u);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    BOOST_TEST(packets[i].marker == (i == 0));
    BOOST_TEST(packets[i].timestamp == 1000u);
    BOOST_TEST(packets[i].event.event == 5);
    BOOST_TEST(packets[i].event.duration == 160 * std::min<std::size_t>(i + 1, 8));
    BOOST_TEST(packets[i].event.end == (i >= 7));
  }
}

BOOST_AUTO_TEST_CASE(a_gap_parts_two_digits) {
  const auto packets = packets_of("12");
  BOOST_TEST_REQUIRE(packets.size() == 20u);
  BOOST_TEST(packets[10].timestamp - packets[0].timestamp == 12 * 160u);
}

BOOST_AUTO_TEST_CASE(each_digit_is_heard_once) {
  BOOST_TEST(heard(packets_of(digits)) == digits);
  BOOST_TEST(heard(packets_of("1111")) == "1111");
}

BOOST_AUTO_TEST_CASE(each_digit_is_heard_once_whatever_is_lost) {
  const auto whole = packets_of("115");
  // Any one packet of each digit is enough to hear it.
  for (std::size_t kept = 0; kept < 10; ++kept) {
    std::vector<DtmfSender::Packet> some;
    for (std::size_t i = 0; i < whole.size(); ++i)
      if (i % 10 == kept) some.push_back(whole[i]);
    BOOST_TEST(heard(some) == "115", "only packet " << kept);
  }
  std::vector<DtmfSender::Packet> no_end;
  for (const auto& packet : whole)
    if (!packet.event.end) no_end.push_back(packet);
  BOOST_TEST(heard(no_end) == "115");
}

BOOST_AUTO_TEST_CASE(each_digit_is_heard_once_whatever_is_doubled_or_overtaken) {
  auto packets = packets_of("12");
  auto doubled = packets;
  doubled.insert(doubled.end(), packets.begin(), packets.end());
  BOOST_TEST(heard(doubled) == "12");
  std::swap(packets[9], packets[10]);
  BOOST_TEST(heard(packets) == "12");
}

BOOST_AUTO_TEST_CASE(a_segmented_long_event_is_one_digit) {
  DtmfReceiver receiver;
  BOOST_TEST(receiver.receive({.event = 1, .duration = 65535}, 0, true, 8000).has_value());
  BOOST_TEST(!receiver.receive({.event = 1, .duration = 800}, 65535, false, 8000).has_value());
}

BOOST_AUTO_TEST_CASE(a_sender_that_moves_the_timestamp_is_one_digit) {
  DtmfReceiver receiver;
  int heard_digits = 0;
  for (std::uint16_t i = 0; i < 10; ++i)
    heard_digits +=
        receiver.receive({.event = 1, .duration = static_cast<std::uint16_t>(160 * i)}, 160u * i, i == 0, 8000)
            .has_value();
  BOOST_TEST(heard_digits == 1);
}

BOOST_AUTO_TEST_CASE(unknown_events_are_no_digits) {
  DtmfReceiver receiver;
  for (int event = 16; event < 256; ++event)
    BOOST_TEST(
        !receiver.receive({.event = static_cast<std::uint8_t>(event)}, 4000u * static_cast<unsigned>(event), true, 8000)
             .has_value());
}

BOOST_AUTO_TEST_CASE(a_clock_that_jumps_back_does_not_silence_digits) {
  DtmfReceiver receiver;
  BOOST_TEST(receiver.receive({.event = 1, .end = true}, 4000000, true, 8000).has_value());
  BOOST_TEST(receiver.receive({.event = 2}, 1000, true, 8000).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
