// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"

// How calls begin, or do not: provisional responses, refusals, crossings, forks and routes.
BOOST_AUTO_TEST_SUITE(setups)

using namespace std::chrono_literals;
using test::Client;
using test::IncomingCall;
using test::OutgoingCall;
using test::PeerCall;
using test::Routes;
using test::Sdp;
using test::SipMessage;
using test::SipPeer;
using test::Station;
using test::Story;

namespace {

const Story given_up{"ChangedState CALLING TERMINATING", "WillEnd", "ChangedState TERMINATING TERMINATED",
                     "DidEnd local"};

Story failed(const std::string& how) {
  return {"ChangedState CALLING TERMINATED", "DidFail " + how, "DidEnd " + how.substr(0, how.find(' '))};
}

struct Request {
  std::string method;
  int code;
};

}  // namespace

BOOST_AUTO_TEST_CASE(every_180_is_told_and_other_provisional_responses_are_not) {
  Station bob;
  SipPeer peer;
  const auto session = bob.call(peer.uri());
  const SipMessage invite = peer.expect("INVITE");
  PeerCall call(peer, invite, bob.port());
  call.reply(invite, 100, "Trying");
  call.reply(invite, 181, "Call Is Being Forwarded");
  call.reply(invite, 180, "Ringing");
  call.reply(invite, 182, "Queued");
  call.reply(invite, 180, "Ringing", "", "Subject: once more\r\n");
  call.reply(invite, 183, "Session Progress");
  call.answer(invite, Sdp{}.text());
  CHECK_STORY(bob, session, test::ringing + Story{"GotRingIndication"} + test::answered);
}

BOOST_AUTO_TEST_CASE(audio_starts_early_with_a_180_or_183_that_describes_it) {
  for (const int code : {180, 183}) BOOST_TEST_CONTEXT(code) {
      Station bob;
      SipPeer peer;
      const auto session = bob.call(peer.uri());
      const SipMessage invite = peer.expect("INVITE");
      PeerCall call(peer, invite, bob.port());
      call.reply(invite, code, "Early", Sdp{}.text());
      bob.wait(session, "GotStreamUpdate audio");
      BOOST_CHECK_EQUAL(bob.client.state(session), "CALLING");
      call.answer(invite, Sdp{}.text());
      const Story early =
          code == 180 ? Story{"GotRingIndication", "GotStreamUpdate audio"} : Story{"GotStreamUpdate audio"};
      CHECK_STORY(bob, session,
                  test::calling + early + Story{"WillStart", "ChangedState CALLING ESTABLISHED", "DidStart"});
    }
}

BOOST_AUTO_TEST_CASE(early_audio_of_a_refused_call_ends_before_it) {
  Station bob;
  SipPeer peer;
  const auto session = bob.call(peer.uri());
  const SipMessage invite = peer.expect("INVITE");
  PeerCall call(peer, invite, bob.port());
  call.reply(invite, 183, "Session Progress", Sdp{}.text());
  bob.wait(session, "GotStreamUpdate audio");
  call.reply(invite, 603, "Decline");
  peer.expect("ACK");
  CHECK_STORY(bob, session,
              test::calling + Story{"GotStreamUpdate audio", "GotStreamUpdate"} + failed("remote 603 Decline"));
}

BOOST_AUTO_TEST_CASE(a_call_that_nobody_answers_yet_is_cancelled_with_its_first_response) {
  Station bob;
  SipPeer peer;
  const auto session = bob.call(peer.uri());
  const SipMessage invite = peer.expect("INVITE");
  bob.end(session);
  CHECK_STORY(bob, session, test::calling + given_up);
  PeerCall call(peer, invite, bob.port());
  call.reply(invite, 180, "Ringing");
  call.reply(peer.expect("CANCEL"), 200, "OK");
  call.reply(invite, 487, "Request Terminated");
  peer.expect("ACK");
  CHECK_STORY(bob, session, test::calling + given_up);
}

BOOST_AUTO_TEST_CASE(a_2xx_that_crosses_our_cancel_is_acknowledged_and_hung_up) {
  Station bob;
  SipPeer peer;
  const auto session = bob.call(peer.uri());
  const SipMessage invite = peer.expect("INVITE");
  PeerCall call(peer, invite, bob.port());
  call.reply(invite, 180, "Ringing");
  bob.wait(session, "GotRingIndication");
  bob.end(session);
  const SipMessage cancel = peer.expect("CANCEL");
  call.reply(invite, 200, "OK", Sdp{}.text());
  call.reply(cancel, 200, "OK");
  peer.expect("ACK");
  call.reply(peer.expect("BYE"), 200, "OK");
  CHECK_STORY(bob, session, test::ringing + given_up);
}

BOOST_AUTO_TEST_CASE(a_2xx_that_comes_long_after_our_cancel_is_hung_up_too) {
  Station bob;
  SipPeer peer;
  const auto session = bob.call(peer.uri());
  const SipMessage invite = peer.expect("INVITE");
  PeerCall call(peer, invite, bob.port());
  bob.end(session);
  CHECK_STORY(bob, session, test::calling + given_up);
  call.reply(invite, 200, "OK", Sdp{}.text());
  peer.expect("ACK");
  call.reply(peer.expect("BYE"), 200, "OK");
  CHECK_STORY(bob, session, test::calling + given_up);
}

BOOST_AUTO_TEST_CASE(a_second_2xx_of_a_forked_call_is_acknowledged_and_hung_up) {
  Station bob;
  SipPeer peer;
  const auto session = bob.call(peer.uri());
  const SipMessage invite = peer.expect("INVITE");
  PeerCall first(peer, invite, bob.port());
  PeerCall second(peer, invite, bob.port());
  first.answer(invite, Sdp{}.text());
  bob.wait(session, "DidStart");
  second.reply(invite, 200, "OK", Sdp{.port = 40400}.text());
  const SipMessage acknowledgement = peer.expect("ACK");
  BOOST_CHECK_EQUAL(acknowledgement.tag("To"), second.local_tag);
  const SipMessage bye = peer.expect("BYE");
  BOOST_CHECK_EQUAL(bye.tag("To"), second.local_tag);
  second.reply(bye, 200, "OK");
  CHECK_STORY(bob, session, test::calling + test::answered);
  BOOST_CHECK_EQUAL(bob.property<std::uint16_t>(session, "AudioRemoteRtpPortSdp"), 40000);
}

BOOST_AUTO_TEST_CASE(a_final_refusal_is_told_with_its_code_and_warning_and_a_redirection_is_not_followed) {
  struct Refusal {
    int code;
    std::string phrase, headers, told;
  };
  Station bob;
  SipPeer elsewhere;
  for (const Refusal& refusal :
       {Refusal{302, "Moved Temporarily", "", "302 Moved Temporarily"}, Refusal{404, "Not Found", "", "404 Not Found"},
        Refusal{415, "Unsupported Media Type", "", "415 Unsupported Media Type"},
        Refusal{488, "Not Acceptable Here", "Warning: 399 peer \"no codec\"\r\n", "488 Not Acceptable Here (no codec)"},
        Refusal{600, "Busy Everywhere", "", "600 Busy Everywhere"}}) {
    SipPeer peer;
    const auto session = bob.call(peer.uri());
    const SipMessage invite = peer.expect("INVITE");
    PeerCall call(peer, invite, bob.port());
    call.contact = elsewhere.uri();
    call.reply(invite, refusal.code, refusal.phrase, "", refusal.headers);
    peer.expect("ACK");
    CHECK_STORY(bob, session, test::calling + failed("remote " + refusal.told));
  }
  BOOST_CHECK(elsewhere.silent(100ms));
  const test::Entry& last = bob.recorder.entries().back();
  const auto failure = bob.recorder.wait(
      [&](const test::Entry& entry) { return entry.path == last.path && entry.member == "SIPSessionDidFail"; },
      "DidFail");
  BOOST_CHECK_EQUAL(failure.arguments.at(2).type, 'u');
}

BOOST_AUTO_TEST_CASE(an_answer_that_nobody_can_use_is_acknowledged_and_hung_up) {
  Station bob;
  for (const std::string& media : {std::string("m=audio 40000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n"),
                                   std::string("m=audio 0 RTP/AVP 0\r\n"), std::string("m=message 9 TCP/MSRP @\r\n")}) {
    SipPeer peer;
    const auto session = bob.call(peer.uri());
    const SipMessage invite = peer.expect("INVITE");
    PeerCall call(peer, invite, bob.port());
    call.answer(invite, Sdp{.media = media}.text());
    call.reply(peer.expect("BYE"), 200, "OK");
    bob.wait(session, "DidEnd local");
    const auto story = bob.story(session);
    BOOST_REQUIRE_EQUAL(story.size(), 6);
    BOOST_CHECK_EQUAL(story[2], "WillStart");
    BOOST_CHECK_EQUAL(story[4].substr(0, 17), "DidFail local 488");
  }
}

BOOST_AUTO_TEST_CASE(a_bye_that_crosses_our_offer_ends_the_call_without_a_failure) {
  Station bob;
  OutgoingCall run(bob);
  bob.act(run.session, "Hold");
  const SipMessage offer = run.peer.expect("INVITE");
  run.call.send("BYE");
  run.peer.expect(200, "BYE");
  run.call.reply(offer, 487, "Request Terminated");
  CHECK_STORY(bob, run.session, test::calling + test::answered + Story{"GotHoldRequest local"} + test::ended_by_peer);
}

BOOST_AUTO_TEST_CASE(a_bye_before_the_ack_is_a_failure_of_the_peer) {
  Station bob;
  SipPeer peer;
  PeerCall call(peer, bob.uri(), bob.port());
  call.invite(Sdp{}.text());
  const auto session = bob.called();
  bob.accept(session);
  peer.expect(180);
  call.learn(peer.expect(200, "INVITE"));
  call.send("BYE");
  peer.expect(200, "BYE");
  CHECK_STORY(bob, session,
              Story{"ChangedState NULL INCOMING", "NewIncoming audio", "ChangedState INCOMING ACCEPTING",
                    "GotStreamUpdate audio", "WillStart", "GotStreamUpdate", "ChangedState ACCEPTING TERMINATED",
                    "DidFail remote 0", "DidEnd remote"});
}

BOOST_AUTO_TEST_CASE(an_end_before_the_ack_hangs_up) {
  Station bob;
  SipPeer peer;
  PeerCall call(peer, bob.uri(), bob.port());
  const SipMessage invite = call.invite(Sdp{}.text());
  const auto session = bob.called();
  bob.accept(session);
  peer.expect(180);
  call.learn(peer.expect(200, "INVITE"));
  bob.end(session);
  call.acknowledge(invite);
  call.reply(peer.expect("BYE"), 200, "OK");
  CHECK_STORY(bob, session,
              Story{"ChangedState NULL INCOMING", "NewIncoming audio", "ChangedState INCOMING ACCEPTING",
                    "GotStreamUpdate audio", "WillStart", "ChangedState ACCEPTING TERMINATING", "WillEnd",
                    "GotStreamUpdate", "ChangedState TERMINATING TERMINATED", "DidEnd local"});
}

BOOST_AUTO_TEST_CASE(calls_that_cannot_be_are_refused_without_a_session) {
  Station bob({.more = "sessions: { max = 1; };"});
  SipPeer peer;
  const auto refused = [&](const std::string& target, const std::string& body, const std::string& type, int code) {
    PeerCall call(peer, target, bob.port());
    call.content_type = type;
    const SipMessage invite = call.invite(body);
    call.acknowledge_refusal(invite, peer.expect(code, "INVITE"));
  };
  const std::string stranger = "sip:stranger@127.0.0.1:" + std::to_string(bob.port());
  refused(stranger, Sdp{}.text(), "application/sdp", 404);
  refused(bob.uri(), "hello", "text/plain", 415);
  refused(bob.uri(), "hello", "application/sdp", 488);
  refused(bob.uri(), Sdp{.media = "m=video 40002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"}.text(), "application/sdp",
          488);
  refused(bob.uri(), Sdp{.media = "m=audio 0 RTP/AVP 0\r\n"}.text(), "application/sdp", 488);
  BOOST_CHECK(
      bob.client.get<std::vector<sdbus::ObjectPath>>(test::session_manager_path, "SessionManager", "Sessions").empty());

  IncomingCall run(bob);
  refused(bob.uri(), Sdp{}.text(), "application/sdp", 486);
  const auto second = bob.client.create_session();
  BOOST_CHECK_EQUAL(
      Client::error_of([&] { bob.act(second, "Connect", peer.uri(), Routes{}, std::vector<std::string>{"audio"}); }),
      "LimitReached");
  run.call.send("BYE");
  run.peer.expect(200, "BYE");
  bob.wait(run.session, "DidEnd remote");
  IncomingCall again(bob);
}

BOOST_AUTO_TEST_CASE(the_same_call_by_another_way_is_merged) {
  Station bob;
  SipPeer peer;
  PeerCall call(peer, bob.uri(), bob.port());
  const SipMessage invite = call.invite(Sdp{}.text());
  const auto session = bob.called();
  peer.expect(180);
  std::string fork = invite.text;
  fork.replace(fork.find("branch=z9hG4bK"), 14, "branch=z9hG4bKother");
  peer.send(fork, bob.port());
  peer.expect(482, "INVITE");
  bob.end(session);
  call.acknowledge_refusal(invite, peer.expect(603, "INVITE"));
}

BOOST_AUTO_TEST_CASE(other_requests_outside_of_calls_are_refused_and_options_answered) {
  Station bob;
  SipPeer peer;
  for (const Request& request : {Request{"MESSAGE", 405}, Request{"SUBSCRIBE", 405}, Request{"NOTIFY", 405},
                                 Request{"REFER", 405}, Request{"PUBLISH", 405}, Request{"INFO", 405}}) {
    BOOST_TEST_CONTEXT(request.method) {
      PeerCall call(peer, bob.uri(), bob.port());
      call.send(request.method, "", "Event: presence\r\nRefer-To: <sip:x@127.0.0.1>\r\n");
      const auto response = peer.receive();
      BOOST_REQUIRE(response);
      BOOST_CHECK_EQUAL(response->code(), request.code);
    }
  }
  PeerCall call(peer, bob.uri(), bob.port());
  call.send("OPTIONS");
  const SipMessage options = peer.expect(200, "OPTIONS");
  BOOST_CHECK_EQUAL(options.header("Allow"), "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE");
  BOOST_CHECK(bob.recorder.members("/org/sipsession1").empty());
}

BOOST_AUTO_TEST_CASE(options_within_a_call_are_answered_and_requests_of_no_call_are_not_taken) {
  Station bob;
  IncomingCall run(bob);
  run.call.send("OPTIONS");
  run.peer.expect(200, "OPTIONS");
  for (const char* method : {"MESSAGE", "REFER", "INFO"}) {
    run.call.send(method, "", "Refer-To: <sip:x@127.0.0.1>\r\n");
    const auto response = run.peer.receive();
    BOOST_REQUIRE(response);
    BOOST_CHECK_EQUAL(response->code(), 405);
  }
  PeerCall foreign(run.peer, bob.uri(), bob.port());
  foreign.learn(run.ok);
  foreign.send("BYE");
  run.peer.expect(481, "BYE");
  foreign.invite(Sdp{}.text());
  run.peer.expect(481, "INVITE");
  CHECK_STORY(bob, run.session, test::called_and_accepted);
}

BOOST_AUTO_TEST_SUITE_END()
