// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/outbox.h"

#include <stdexcept>
#include <string>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(outbox)

BOOST_AUTO_TEST_CASE(outside_a_request_all_leaves_at_once) {
  dbus::Outbox outbox;
  std::string sent;
  outbox.post([&] { sent += "a"; });
  BOOST_TEST(sent == "a");
}

BOOST_AUTO_TEST_CASE(within_a_request_all_leaves_after_the_reply_and_in_order) {
  dbus::Outbox outbox;
  std::string sent;
  outbox.hold();
  outbox.post([&] { sent += "a"; });
  outbox.post([&] { sent += "b"; });
  sent += "reply ";
  outbox.release();
  BOOST_TEST(sent == "reply ab");
  outbox.post([&] { sent += "c"; });
  BOOST_TEST(sent == "reply abc");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_sent_does_not_stop_what_follows) {
  dbus::Outbox outbox;
  std::string sent;
  outbox.hold();
  outbox.post([&] { throw std::runtime_error("no bus"); });
  outbox.post([&] { sent += "b"; });
  outbox.release();
  BOOST_TEST(sent == "b");
}

BOOST_AUTO_TEST_SUITE_END()
