// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"
#include "tests/support/sipp.h"

// Session timers, RFC 4028. An interval shorter than its least makes them quick to see.
BOOST_AUTO_TEST_SUITE(timers)

using namespace std::chrono_literals;
using test::Sipp;
using test::Station;
using test::Story;

BOOST_AUTO_TEST_CASE(we_refresh_by_update_and_the_call_goes_on) {
  Station bob;
  Sipp peer({.scenario = "uas_timer_update", .keys = {{"interval", "4"}}});
  const auto session = bob.call(peer.uri());
  bob.wait(session, "DidStart");
  bob.until([&] { return peer.refreshed(2); }, "two refreshes", 15s);
  bob.end(session);
  CHECK_STORY(bob, session, test::ringing + test::answered + test::ended_by_us);
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(we_refresh_by_reinvite_where_update_is_unknown) {
  Station bob;
  Sipp peer({.scenario = "uas_timer_invite", .keys = {{"interval", "4"}}});
  const auto session = bob.call(peer.uri());
  bob.wait(session, "DidStart");
  bob.until([&] { return peer.refreshed(1); }, "a refresh", 15s);
  bob.end(session);
  CHECK_STORY(bob, session, test::ringing + test::answered + test::ended_by_us);
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(a_caller_may_refresh_its_call_itself) {
  Station bob;
  Sipp peer({.scenario = "uac_timer", .target = bob.port()});
  const auto session = bob.called();
  bob.accept(session);
  bob.wait(session, "DidStart");
  bob.until([&] { return peer.refreshed(1); }, "a refresh");
  bob.end(session);
  CHECK_STORY(bob, session, test::called_and_accepted + test::ended_by_us);
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(a_caller_may_leave_the_refreshing_to_us) {
  Station bob;
  test::IncomingCall run(bob, test::Sdp{}.text(),
                         "Supported: timer\r\nAllow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n"
                         "Session-Expires: 90;refresher=uas\r\n");
  BOOST_CHECK_EQUAL(run.ok.header("Session-Expires"), "90;refresher=uas");
}

BOOST_AUTO_TEST_CASE(a_caller_that_must_refresh_is_told_so) {
  Station bob;
  test::IncomingCall run(bob, test::Sdp{}.text(), "Supported: timer\r\nSession-Expires: 90\r\n");
  const std::string refresher = run.ok.header("Session-Expires");
  BOOST_CHECK_MESSAGE(refresher == "90;refresher=uac" || refresher == "90;refresher=uas", refresher);
  // RFC 4028, 9: the caller must know that it is asked to.
  if (refresher.ends_with("uac")) BOOST_CHECK_EQUAL(run.ok.header("Require"), "timer");
}

BOOST_AUTO_TEST_CASE(an_interval_that_is_too_short_is_refused) {
  Station bob;
  Sipp peer({.scenario = "uac_timer_small", .target = bob.port()});
  BOOST_CHECK_EQUAL(peer.fault(), "");
  bob.recorder.settle();
  BOOST_CHECK(bob.recorder.members().empty());
}

BOOST_AUTO_TEST_CASE(an_interval_that_is_too_short_for_the_peer_is_raised) {
  Station bob;
  test::SipPeer peer;
  const auto session = bob.call(peer.uri());
  const auto first = peer.expect("INVITE");
  BOOST_CHECK_EQUAL(first.header("Session-Expires").substr(0, 4), "1800");
  test::PeerCall call(peer, first, bob.port());
  call.reply(first, 422, "Session Interval Too Small", "", "Min-SE: 3600\r\n");
  peer.expect("ACK");
  const auto second = peer.expect("INVITE");
  BOOST_CHECK_EQUAL(second.header("Session-Expires").substr(0, 4), "3600");
  BOOST_CHECK_EQUAL(second.header("Min-SE").substr(0, 4), "3600");
  call.answer(second, test::Sdp{}.text());
  CHECK_STORY(bob, session, test::calling + test::answered);
}

BOOST_AUTO_TEST_SUITE_END()

// A minute: an interval is 90 seconds at least.
BOOST_AUTO_TEST_SUITE(no_refresh)

using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(a_call_that_the_peer_never_refreshes_is_ended) {
  test::Station bob;
  test::Sipp peer({.scenario = "uas_timer_silent", .keys = {{"interval", "10"}}});
  const auto session = bob.call(peer.uri());
  bob.wait(session, "DidEnd local", 1, 100s);
  const auto story = bob.story(session);
  BOOST_CHECK_EQUAL(story.back(), "DidEnd local");
  BOOST_CHECK_EQUAL(bob.client.state(session), "TERMINATED");
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_SUITE_END()
