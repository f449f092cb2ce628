// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"
#include "tests/support/sipp.h"

using namespace std::chrono_literals;
using test::PeerCall;
using test::Sdp;
using test::SipMessage;
using test::Sipp;
using test::SipPeer;
using test::Station;
using test::Story;

// Where a call goes. Each waits for limits of the daemon, and so they run beside the others.
BOOST_AUTO_TEST_SUITE(routes)

namespace {

test::Routes two_routes(const SipPeer& first, const SipPeer& second) {
  return {{"127.0.0.1", first.port(), "udp"}, {"127.0.0.1", second.port(), ""}};
}

std::uint16_t port_in_use(Station& station, const std::string& session) {
  return std::get<1>(station.property<sdbus::Struct<std::string, std::uint16_t, std::string>>(session, "Route"));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_route_without_service_gives_way_to_the_next) {
  Station bob;
  SipPeer first;
  SipPeer second;
  const auto session = bob.call("sip:alice@example.test", two_routes(first, second));
  BOOST_CHECK_EQUAL(port_in_use(bob, session), first.port());
  const SipMessage refused = first.expect("INVITE");
  PeerCall(first, refused, bob.port()).reply(refused, 503, "Service Unavailable");
  first.expect("ACK");
  const SipMessage invite = second.expect("INVITE");
  BOOST_CHECK_EQUAL(invite.request_uri(), "sip:alice@example.test");
  BOOST_CHECK_EQUAL(port_in_use(bob, session), second.port());
  PeerCall call(second, invite, bob.port());
  call.answer(invite, Sdp{}.text());
  CHECK_STORY(bob, session, test::calling + test::answered);
  BOOST_CHECK_EQUAL(std::get<2>(bob.property<test::Routes::value_type>(session, "Route")), "udp");
}

BOOST_AUTO_TEST_CASE(any_other_refusal_ends_the_attempt) {
  Station bob;
  SipPeer first;
  SipPeer second;
  const auto session = bob.call("sip:alice@example.test", two_routes(first, second));
  const SipMessage invite = first.expect("INVITE");
  PeerCall(first, invite, bob.port()).reply(invite, 500, "Server Internal Error");
  first.expect("ACK");
  CHECK_STORY(bob, session,
              test::calling + Story{"ChangedState CALLING TERMINATED", "DidFail remote 500 Server Internal Error",
                                    "DidEnd remote"});
  BOOST_CHECK(second.silent(0ms));
}

BOOST_AUTO_TEST_CASE(a_silent_route_gives_way_to_the_next_after_5_seconds) {
  Station bob;
  SipPeer first;
  SipPeer second;
  const auto session = bob.call("sip:alice@example.test", two_routes(first, second));
  first.expect("INVITE");
  const auto start = std::chrono::steady_clock::now();
  const SipMessage invite = second.expect("INVITE");
  BOOST_CHECK(std::chrono::steady_clock::now() - start > 4s);
  BOOST_CHECK_EQUAL(port_in_use(bob, session), second.port());
  PeerCall call(second, invite, bob.port());
  call.answer(invite, Sdp{}.text());
  CHECK_STORY(bob, session, test::calling + test::answered);
}

BOOST_AUTO_TEST_CASE(a_route_that_nobody_listens_on_fails_with_the_transport) {
  Station bob;
  SipPeer gone;
  const auto session = bob.call("sip:alice@example.test", {{"127.0.0.1", gone.port(), "tcp"}});
  bob.wait(session, "DidEnd local");
  const auto story = bob.story(session);
  BOOST_REQUIRE_EQUAL(story.size(), 5);
  BOOST_CHECK_EQUAL(story[3].substr(0, 17), "DidFail local 503");
}

// RFC 3261, 18.1.1: more than 1,300 bytes go over TCP, where somebody listens, though nobody asked for it.
BOOST_AUTO_TEST_CASE(a_request_that_is_too_big_for_a_packet_goes_over_tcp) {
  Station bob;
  Sipp peer({.scenario = "uas", .transport = "tcp"});
  const auto session = bob.call("sip:" + std::string(900, 'a') + "@127.0.0.1:" + std::to_string(peer.port()));
  bob.wait(session, "DidStart");
  BOOST_CHECK(bob.property<test::Routes::value_type>(session, "Route") ==
              (test::Routes::value_type{"127.0.0.1", peer.port(), "tcp"}));
  bob.end(session);
  bob.wait(session, "DidEnd local");
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(a_request_that_is_too_big_goes_as_a_packet_where_nobody_listens_on_tcp) {
  Station bob;
  SipPeer peer;
  const auto session = bob.call("sip:" + std::string(900, 'a') + "@" + peer.host());
  const SipMessage invite = peer.expect("INVITE");
  PeerCall call(peer, invite, bob.port());
  call.answer(invite, Sdp{}.text());
  CHECK_STORY(bob, session, test::calling + test::answered);
}

BOOST_AUTO_TEST_SUITE_END()

// Half a minute each, by RFC 3261.
BOOST_AUTO_TEST_SUITE(no_ack)

BOOST_AUTO_TEST_CASE(a_call_whose_ack_never_comes_fails_and_is_hung_up) {
  Station bob;
  SipPeer peer;
  PeerCall call(peer, bob.uri(), bob.port());
  call.invite(Sdp{}.text());
  const auto session = bob.called();
  bob.accept(session);
  bob.wait(session, "DidEnd local", 1, 40s);
  peer.expect(180);
  peer.expect(200, "INVITE");
  call.reply(peer.expect("BYE"), 200, "OK");
  CHECK_STORY(bob, session,
              Story{"ChangedState NULL INCOMING", "NewIncoming audio", "ChangedState INCOMING ACCEPTING",
                    "GotStreamUpdate audio", "WillStart", "GotStreamUpdate", "ChangedState ACCEPTING TERMINATED",
                    "DidFail local 408 No ACK received", "DidEnd local"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(no_answer)

BOOST_AUTO_TEST_CASE(a_call_that_nobody_answers_at_all_fails_after_32_seconds) {
  Station bob;
  SipPeer peer;
  const auto session = bob.call(peer.uri());
  bob.wait(session, "DidEnd local", 1, 40s);
  CHECK_STORY(
      bob, session,
      test::calling + Story{"ChangedState CALLING TERMINATED", "DidFail local 408 Request Timeout", "DidEnd local"});
}

BOOST_AUTO_TEST_SUITE_END()
