// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_packet.h"

#include <array>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/media/bytes_of.h"

BOOST_AUTO_TEST_SUITE(rtp_packet)

BOOST_AUTO_TEST_CASE(a_written_header_is_read_back) {
  const media::RtpHeader header{true, 101, 65535, 0x89abcdef, 0x01020304};
  std::vector<std::byte> bytes(media::rtp_header_size + 3, std::byte{7});
  media::write_rtp(header, std::span(bytes).first<media::rtp_header_size>());
  const auto packet = media::parse_rtp(bytes);
  BOOST_TEST_REQUIRE(packet.has_value());
  BOOST_TEST((packet->header == header));
  BOOST_TEST(packet->payload.size() == 3u);
  BOOST_TEST((bytes[0] == std::byte{0x80}));
}

struct Case {
  const char* what;
  const char* hex;
  int payload;  // -1: refused
};

constexpr std::array cases{
    Case{"bare header", "8000 0001 00000002 00000003", 0},
    Case{"one byte of payload", "8000 0001 00000002 00000003 ff", 1},
    Case{"version 0", "0000 0001 00000002 00000003 ff", -1},
    Case{"version 1", "4000 0001 00000002 00000003 ff", -1},
    Case{"version 3", "c000 0001 00000002 00000003 ff", -1},
    Case{"two contributing sources", "8200 0001 00000002 00000003 00000004 00000005 ff", 1},
    Case{"fifteen sources of which none is there", "8f00 0001 00000002 00000003 ff", -1},
    Case{"extension of one word", "9000 0001 00000002 00000003 bede0001 11111111 ffff", 2},
    Case{"extension of no word", "9000 0001 00000002 00000003 bede0000 ffff", 2},
    Case{"extension that lies", "9000 0001 00000002 00000003 bede0002 11111111", -1},
    Case{"extension of 65535 words", "9000 0001 00000002 00000003 bedeffff 11111111", -1},
    Case{"extension without its length", "9000 0001 00000002 00000003 bede", -1},
    Case{"padding of two", "a000 0001 00000002 00000003 ff 0002", 1},
    Case{"padding of all", "a000 0001 00000002 00000003 00000004", 0},
    Case{"padding larger than the payload", "a000 0001 00000002 00000003 00000005", -1},
    Case{"padding of none", "a000 0001 00000002 00000003 ff00", -1},
    Case{"padding and no payload", "a000 0001 00000002 00000003", -1},
};

BOOST_AUTO_TEST_CASE(lengths_that_lie_are_refused) {
  for (const Case& row : cases) {
    const auto bytes = bytes_of(row.hex);
    const auto packet = media::parse_rtp(bytes);
    BOOST_TEST((packet ? static_cast<int>(packet->payload.size()) : -1) == row.payload, row.what);
  }
}

BOOST_AUTO_TEST_CASE(every_truncation_is_refused_or_stays_inside) {
  const auto whole = bytes_of("b180 0001 00000002 00000003 00000004 bede0001 11111111 ffffffff 00000003");
  BOOST_TEST_REQUIRE(media::parse_rtp(whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // A copy of its own: a read past the end is seen by the sanitizer.
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    if (const auto packet = media::parse_rtp(cut))
      BOOST_TEST((packet->payload.data() + packet->payload.size() <= cut.data() + cut.size()));
    else
      BOOST_TEST(size < whole.size());
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_never_point_outside) {
  std::minstd_rand random(1);
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> bytes(random() % 40);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random() >> 8);
    if (!bytes.empty()) bytes[0] = (bytes[0] & std::byte{0x3f}) | std::byte{0x80};
    if (const auto packet = media::parse_rtp(bytes))
      BOOST_REQUIRE(packet->payload.size() + media::rtp_header_size <= bytes.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
