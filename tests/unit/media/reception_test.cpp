// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/reception.h"

#include <initializer_list>

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using media::Reception;

namespace {

struct Fixture {
  Reception reception{8000};

  // Packets of these numbers, each at its due time.
  void come(std::initializer_list<int> sequences) {
    for (const int sequence : sequences)
      reception.add(static_cast<std::uint16_t>(sequence), static_cast<std::uint32_t>(sequence) * 160, sequence * 20ms);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(reception, Fixture)

BOOST_AUTO_TEST_CASE(packets_that_never_came_are_lost) {
  come({10, 11, 14, 15});
  BOOST_TEST(reception.lost() == 2u);
  BOOST_TEST(reception.take_fraction_lost() == 2 * 256 / 6);
  BOOST_TEST(reception.take_fraction_lost() == 0);
}

BOOST_AUTO_TEST_CASE(a_late_packet_is_not_lost) {
  come({10, 12, 11, 13});
  BOOST_TEST(reception.lost() == 0u);
}

BOOST_AUTO_TEST_CASE(a_packet_from_before_the_first_counts) {
  come({10, 9, 11});
  BOOST_TEST(reception.lost() == 0u);
  come({7});
  BOOST_TEST(reception.lost() == 1u);
}

BOOST_AUTO_TEST_CASE(duplicates_hide_no_loss) {
  come({10, 12});
  BOOST_TEST((reception.add(12, 0, 0s) == Reception::Kind::duplicate));
  BOOST_TEST((reception.add(10, 0, 0s) == Reception::Kind::duplicate));
  BOOST_TEST((reception.add(11, 0, 0s) == Reception::Kind::fresh));
  BOOST_TEST((reception.add(11, 0, 0s) == Reception::Kind::duplicate));
  BOOST_TEST(reception.lost() == 0u);
}

BOOST_AUTO_TEST_CASE(the_sequence_wraps) {
  come({65534, 65535, 0, 1});
  BOOST_TEST(reception.lost() == 0u);
  BOOST_TEST(reception.highest_sequence() == 0x20001u);
}

BOOST_AUTO_TEST_CASE(a_reset_sequence_is_no_loss_of_thousands) {
  come({30000, 30001, 100, 101, 102});
  BOOST_TEST(reception.lost() <= 1u);
  BOOST_TEST(reception.highest_sequence() % 65536 == 102u);
}

BOOST_AUTO_TEST_CASE(one_stray_packet_changes_nothing) {
  come({30000, 30001, 100, 30002, 30003});
  BOOST_TEST(reception.lost() == 0u);
}

BOOST_AUTO_TEST_CASE(jitter_is_that_of_rfc_3550) {
  come({1, 2, 3});
  BOOST_TEST((reception.jitter() == 0ns));
  reception.add(4, 640, 96ms);
  BOOST_TEST((reception.jitter() == 1ms));
}

BOOST_AUTO_TEST_CASE(a_jump_of_the_timestamp_is_no_jitter) {
  come({1, 2, 3});
  reception.add(4, 0x80000000, 80ms);
  BOOST_TEST((reception.jitter() == 0ns));
}

BOOST_AUTO_TEST_SUITE_END()
