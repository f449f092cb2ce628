// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/unit/account/registrant.h"

using namespace account;
using namespace std::chrono_literals;
using test::contact_uri;

// The flow over which an account is registered (RFC 5626), and its turn to ask.
BOOST_FIXTURE_TEST_SUITE(registration_flow, test::Registrant)

BOOST_AUTO_TEST_CASE(it_waits_for_its_turn_and_a_refresh_does_not) {
  our_turn = false;
  BOOST_TEST(start() == "");
  BOOST_TEST(state() == "registering");
  BOOST_TEST(registration.asking());
  BOOST_TEST(registration.status().reason == "waits until other accounts have asked the same server");
  BOOST_TEST(pass(600s) == "");
  BOOST_TEST(stop() == "");
  BOOST_TEST(registration.idle());
  our_turn = true;
  registration.go_on(now);
  BOOST_TEST(told() == "");
  our_turn = false;
  start();
  our_turn = true;
  registration.go_on(now);
  BOOST_TEST(told() == "look up");
  BOOST_TEST(registration.status().reason == "");
  found(1);
  granted(600);
  BOOST_TEST(!registration.asking());
  our_turn = false;
  BOOST_TEST(pass(300s) == "look up");
}

BOOST_AUTO_TEST_CASE(a_flow_that_is_lost_is_replaced_at_once_and_then_later_and_later) {
  start();
  found(1);
  granted(86400);
  for (const auto& [luck, first] : {std::pair{0.0, 30s}, std::pair{1.0, 60s}}) {
    pass(130s);
    chance = luck;
    registration.flow_lost("why", now);
    BOOST_TEST(told() == "look up");
    BOOST_TEST(state() == "registered");
    BOOST_TEST(registration.status().reason == "why");
    Moment delay = first;
    for (unsigned i = 0; i < 8; ++i) {
      found(1);
      BOOST_TEST(granted(86400) == "succeed 200 86400");
      registration.flow_lost("why", now);
      BOOST_TEST(told() == "");
      BOOST_TEST((registration.status().next_try == now + delay));
      BOOST_TEST(pass(delay) == "look up");
      delay = std::min<Moment>(delay * 2, first * 30);
    }
    found(1);
    granted(86400);
  }
}

BOOST_AUTO_TEST_CASE(a_flow_that_is_lost_when_nothing_is_registered_is_nothing) {
  registration.flow_lost("why", now);
  start();
  registration.flow_lost("why", now);
  found(1);
  BOOST_TEST(told() == "");
  registration.flow_lost("why", now);
  answer(500);
  registration.flow_lost("why", now);
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(outbound_is_asked_for_until_it_is_refused) {
  wants_outbound = true;
  start();
  found(1);
  BOOST_TEST(sent.outbound);
  BOOST_TEST(answer(439) == "send r1 600");
  BOOST_TEST(!sent.outbound);
  granted(600);
  pass(300s);
  found(1);
  BOOST_TEST(!sent.outbound);
  // Once more when something has changed. What the registrar knows by its instance is not taken back by its contact.
  start();
  found(1);
  BOOST_TEST(sent.outbound);
  answer({.code = 200, .reason = "OK", .contacts = {{our_contact, 600}}, .outbound = true});
  our_contact = "sip:abcdefgh@192.0.2.2:5060";
  start();
  found(1);
  BOOST_TEST(sent.former_contact == "");
  // Of a registrar that is none of RFC 5626 it is.
  answer({.code = 200, .reason = "OK", .contacts = {{our_contact, 600}}});
  our_contact = "sip:abcdefgh@192.0.2.3:5060";
  start();
  found(1);
  BOOST_TEST(sent.former_contact == "sip:abcdefgh@192.0.2.2:5060");
}

BOOST_AUTO_TEST_SUITE_END()
