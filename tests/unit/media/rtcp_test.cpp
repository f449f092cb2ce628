// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtcp.h"

#include <array>
#include <random>

#include <boost/test/unit_test.hpp>

#include "tests/unit/media/bytes_of.h"

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(rtcp)

BOOST_AUTO_TEST_CASE(a_written_report_is_read_back) {
  const media::SenderInfo sender{0x0123456789abcdef, 160, 10, 1600};
  const media::ReportBlock block{7, 25, -3, 0x10005, 80, 0x456789ab, 65536};
  std::array<std::byte, 256> bytes;
  for (const bool with_sender : {false, true})
    for (const bool with_block : {false, true})
      for (const bool goodbye : {false, true})
        for (const std::string_view cname : {"", "a", "ab", "abc", "abcd", "abcdefghijklmnop"}) {
          media::RtcpReport report;
          report.ssrc = 42;
          if (with_sender) report.sender = sender;
          if (with_block) report.block = block;
          report.cname = cname;
          report.goodbye = goodbye;
          const std::size_t size = media::write_rtcp(report, bytes);
          BOOST_TEST(size % 4 == 0u);
          const auto read = media::parse_rtcp(media::Bytes(bytes).first(size));
          BOOST_TEST_REQUIRE(read.has_value());
          BOOST_TEST(read->ssrc == 42u);
          BOOST_TEST((read->sender == report.sender));
          BOOST_TEST(read->blocks.size() == (with_block ? 1u : 0u));
          if (with_block) BOOST_TEST((read->blocks[0] == block));
          BOOST_TEST(read->goodbyes.size() == (goodbye ? 1u : 0u));
        }
}

struct Case {
  const char* what;
  const char* hex;
  bool good;
};

constexpr std::array cases{
    Case{"nothing", "", false},
    Case{"four bytes", "80c90000", false},
    Case{"empty receiver report", "80c90001 0000002a", true},
    Case{"three bytes", "80c900", false},
    Case{"version 1", "40c90001 0000002a", false},
    Case{"length past the end", "80c90002 0000002a", false},
    Case{"length of 65535", "80c9ffff 0000002a", false},
    Case{"block that is not there", "81c90001 0000002a", false},
    Case{"sender report without its sender", "80c80001 0000002a", false},
    Case{"description first", "80ca0001 0000002a", false},
    Case{"goodbye first", "81cb0001 0000002a", false},
    Case{"report and goodbye", "80c90001 0000002a 81cb0001 0000002a", true},
    Case{"goodbye of 31 who are not there", "80c90001 0000002a 9fcb0001 0000002a", false},
    Case{"unknown packet after the report", "80c90001 0000002a 80cd0000", true},
    Case{"rest of two bytes", "80c90001 0000002a 0000", false},
    Case{"padding in the last", "80c90001 0000002a a0cb0001 00000004", true},
    Case{"padding in the first", "a0c90002 0000002a 00000004 80cb0000", false},
    Case{"padding of all", "a0c90001 00000008", false},
    Case{"padding of three", "a0c90002 0000002a 00000003", false},
};

BOOST_AUTO_TEST_CASE(lengths_that_lie_are_refused) {
  for (const Case& row : cases) BOOST_TEST(media::parse_rtcp(bytes_of(row.hex)).has_value() == row.good, row.what);
}

BOOST_AUTO_TEST_CASE(two_hundred_blocks_are_bounded) {
  std::vector<std::byte> bytes;
  for (int i = 0; i < 10; ++i) {
    auto report = bytes_of("94c90079 0000002a");
    report.resize(8 + 20 * 24);
    bytes.insert(bytes.end(), report.begin(), report.end());
  }
  const auto read = media::parse_rtcp(bytes);
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(read->blocks.size() == 31u);
}

BOOST_AUTO_TEST_CASE(random_bytes_and_truncations_stay_inside) {
  std::minstd_rand random(1);
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> bytes(random() % 64);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random() >> 8);
    if (bytes.size() > 3) {
      bytes[0] = (bytes[0] & std::byte{0x3f}) | std::byte{0x80};
      bytes[1] = static_cast<std::byte>(200 + random() % 4);
      bytes[2] = std::byte{0};
      bytes[3] = static_cast<std::byte>(random() % 16);
    }
    media::parse_rtcp(bytes);
  }
}

BOOST_AUTO_TEST_CASE(the_epoch_of_ntp_is_1900) {
  BOOST_TEST(media::ntp_of(0ns) == std::uint64_t{2208988800} << 32);
  BOOST_TEST(media::ntp_of(1500ms) == (std::uint64_t{2208988801} << 32 | 0x80000000u));
}

BOOST_AUTO_TEST_CASE(the_round_trip_is_arrival_less_report_and_delay) {
  // RFC 3550, figure 2: 6.125 s.
  const media::ReportBlock block{.last_report = 0xb7052000, .since_report = 0x00054000};
  const auto time = media::round_trip(block, std::uint64_t{0xb7108000} << 16);
  BOOST_TEST_REQUIRE(time.has_value());
  BOOST_TEST((*time == 6125ms));
  BOOST_TEST(!media::round_trip({.last_report = 0}, 12345).has_value());
  // A delay longer than all the time that went by.
  BOOST_TEST(!media::round_trip({.last_report = 100, .since_report = 200}, std::uint64_t{250} << 16).has_value());
}

BOOST_AUTO_TEST_CASE(reports_leave_every_five_seconds_and_not_in_step) {
  BOOST_TEST((media::report_interval(0) == 2500ms));
  BOOST_TEST((media::report_interval(0.5) == 5s));
  BOOST_TEST((media::report_interval(1) == 7500ms));
}

BOOST_AUTO_TEST_SUITE_END()
