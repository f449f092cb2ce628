// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"
#include "tests/support/sipp.h"

// The reference sequences, with sipp as the peer.
BOOST_AUTO_TEST_SUITE(calls)

using test::Sipp;
using test::Station;
using test::Story;

BOOST_AUTO_TEST_CASE(a_call_is_taken_by_the_peer_and_ended_by_us) {
  Station bob;
  Sipp peer({.scenario = "uas"});
  const auto session = bob.call(peer.uri());
  bob.wait(session, "DidStart");
  BOOST_CHECK_EQUAL(bob.property<std::string>(session, "RemoteUserAgent"), "sipp");
  BOOST_CHECK_EQUAL(bob.property<std::string>(session, "AudioCodec"), "PCMU");
  bob.end(session);
  CHECK_STORY(bob, session, test::ringing + test::answered + test::ended_by_us);
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(a_call_is_taken_by_the_peer_and_ended_by_it) {
  Station bob;
  Sipp peer({.scenario = "uas_hangup"});
  const auto session = bob.call(peer.uri());
  CHECK_STORY(bob, session, test::ringing + test::answered + test::ended_by_peer);
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(a_busy_peer_refuses_the_call) {
  Station bob;
  Sipp peer({.scenario = "uas_busy"});
  const auto session = bob.call(peer.uri());
  CHECK_STORY(
      bob, session,
      test::ringing + Story{"ChangedState CALLING TERMINATED", "DidFail remote 486 Busy Here", "DidEnd remote"});
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(we_give_up_a_call_while_it_rings) {
  Station bob;
  Sipp peer({.scenario = "uas_cancelled"});
  const auto session = bob.call(peer.uri());
  bob.wait(session, "GotRingIndication");
  bob.end(session);
  CHECK_STORY(bob, session,
              test::ringing + Story{"ChangedState CALLING TERMINATING", "WillEnd",
                                    "ChangedState TERMINATING TERMINATED", "DidEnd local"});
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(we_take_a_call_and_end_it) {
  Station bob;
  Sipp peer({.scenario = "uac", .target = bob.port()});
  const auto session = bob.called();
  bob.accept(session);
  bob.wait(session, "DidStart");
  bob.end(session);
  CHECK_STORY(bob, session, test::called_and_accepted + test::ended_by_us);
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(we_take_a_call_and_the_peer_ends_it) {
  Station bob;
  Sipp peer({.scenario = "uac_hangup", .target = bob.port()});
  const auto session = bob.called();
  bob.accept(session);
  CHECK_STORY(bob, session, test::called_and_accepted + test::ended_by_peer);
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(we_reject_a_call) {
  Station bob;
  Sipp peer({.scenario = "uac_rejected", .target = bob.port()});
  const auto session = bob.called();
  bob.act(session, "Reject", false);
  CHECK_STORY(bob, session,
              Story{"ChangedState NULL INCOMING", "NewIncoming audio", "ChangedState INCOMING TERMINATING", "WillEnd",
                    "ChangedState TERMINATING TERMINATED", "DidEnd local"});
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(the_caller_gives_up_while_we_ring) {
  Station bob;
  Sipp peer({.scenario = "uac_cancel", .target = bob.port()});
  const auto session = bob.called();
  CHECK_STORY(bob, session,
              Story{"ChangedState NULL INCOMING", "NewIncoming audio", "ChangedState INCOMING TERMINATED",
                    "DidFail remote 487 Request cancelled", "DidEnd remote"});
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(a_call_without_an_offer_gets_ours_and_its_answer_comes_in_the_ack) {
  Station bob;
  Sipp peer({.scenario = "uac_no_offer", .target = bob.port()});
  const auto session = bob.called();
  bob.accept(session);
  bob.wait(session, "DidStart");
  BOOST_CHECK_EQUAL(bob.property<std::string>(session, "AudioCodec"), "PCMU");
  bob.end(session);
  CHECK_STORY(bob, session,
              Story{"ChangedState NULL INCOMING", "NewIncoming audio", "ChangedState INCOMING ACCEPTING", "WillStart",
                    "GotStreamUpdate audio", "ChangedState ACCEPTING ESTABLISHED", "DidStart"} +
                  test::ended_by_us);
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

BOOST_AUTO_TEST_CASE(we_hold_a_call_and_take_it_back) {
  Station bob;
  Sipp peer({.scenario = "uas_held"});
  const auto session = bob.call(peer.uri());
  bob.wait(session, "DidStart");
  bob.act(session, "Hold");
  bob.act(session, "Hold");
  bob.act(session, "Unhold");
  bob.act(session, "Unhold");
  bob.wait(session, "GotUnholdRequest local");
  bob.end(session);
  CHECK_STORY(
      bob, session,
      test::ringing + test::answered + Story{"GotHoldRequest local", "GotUnholdRequest local"} + test::ended_by_us);
}

BOOST_AUTO_TEST_CASE(description_before_the_call_is_taken_starts_the_audio_early) {
  Station bob;
  Sipp peer({.scenario = "uas_early_media"});
  const auto session = bob.call(peer.uri());
  bob.wait(session, "DidStart");
  bob.end(session);
  CHECK_STORY(bob, session,
              test::calling +
                  Story{"GotStreamUpdate audio", "WillStart", "ChangedState CALLING ESTABLISHED", "DidStart"} +
                  test::ended_by_us);
  BOOST_CHECK_EQUAL(peer.fault(), "");
}

struct Hold {
  std::string direction;
  std::string address;
};

BOOST_AUTO_TEST_CASE(the_peer_holds_a_call_in_each_way_and_takes_it_back) {
  for (const Hold& hold : {Hold{"sendonly", "127.0.0.1"}, Hold{"inactive", "127.0.0.1"}, Hold{"sendrecv", "0.0.0.0"}}) {
    BOOST_TEST_CONTEXT(hold.direction << " " << hold.address) {
      Station bob;
      Sipp peer({.scenario = "uac_hold",
                 .target = bob.port(),
                 .keys = {{"direction", hold.direction}, {"hold_address", hold.address}}});
      const auto session = bob.called();
      bob.accept(session);
      CHECK_STORY(
          bob, session,
          test::called_and_accepted + Story{"GotHoldRequest remote", "GotUnholdRequest remote"} + test::ended_by_peer);
      BOOST_CHECK_EQUAL(peer.fault(), "");
    }
  }
}

BOOST_AUTO_TEST_CASE(calls_go_over_tcp_both_ways) {
  Station bob;
  Sipp callee({.scenario = "uas", .transport = "tcp"});
  const auto outgoing = bob.call(callee.uri());
  bob.wait(outgoing, "DidStart");
  bob.end(outgoing);
  CHECK_STORY(bob, outgoing, test::ringing + test::answered + test::ended_by_us);
  BOOST_CHECK_EQUAL(callee.fault(), "");

  Sipp caller({.scenario = "uac_hangup", .target = bob.port("tcp"), .transport = "tcp"});
  const auto incoming = bob.called();
  bob.accept(incoming);
  CHECK_STORY(bob, incoming, test::called_and_accepted + test::ended_by_peer);
  BOOST_CHECK_EQUAL(caller.fault(), "");
}

BOOST_AUTO_TEST_CASE(calls_go_over_ipv6_both_ways) {
  Station bob({.address = "::1"});
  Sipp callee({.scenario = "uas", .address = "::1"});
  const auto outgoing = bob.call(callee.uri());
  bob.wait(outgoing, "DidStart");
  BOOST_CHECK_EQUAL(bob.property<std::string>(outgoing, "AudioRemoteRtpAddressSdp"), "::1");
  bob.end(outgoing);
  CHECK_STORY(bob, outgoing, test::ringing + test::answered + test::ended_by_us);
  BOOST_CHECK_EQUAL(callee.fault(), "");

  Sipp caller({.scenario = "uac_hangup", .target = bob.port(), .address = "::1"});
  const auto incoming = bob.called();
  bob.accept(incoming);
  CHECK_STORY(bob, incoming, test::called_and_accepted + test::ended_by_peer);
  BOOST_CHECK_EQUAL(caller.fault(), "");
}

BOOST_AUTO_TEST_SUITE_END()
