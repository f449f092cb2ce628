// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"

// What the peer offers within a call, and what comes of our own offers.
BOOST_AUTO_TEST_SUITE(offers)

using test::IncomingCall;
using test::OutgoingCall;
using test::Sdp;
using test::SipMessage;
using test::Station;
using test::Story;

namespace {

SipMessage reoffer(IncomingCall& run, const std::string& description) {
  const SipMessage invite = run.call.invite(description);
  SipMessage response = run.peer.expect(200, "INVITE");
  run.call.acknowledge(invite);
  return response;
}

// Sends a re-INVITE that is refused, and gives the refusal.
SipMessage bad_reoffer(IncomingCall& run, const std::string& description, int code = 488) {
  const SipMessage invite = run.call.invite(description);
  SipMessage response = run.peer.expect(code, "INVITE");
  run.call.acknowledge_refusal(invite, response);
  return response;
}

bool answers_with(const SipMessage& response, const std::string& direction) {
  return response.body().find("a=" + direction + "\r\n") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_direction_of_an_offer_gets_its_answer_and_a_hold_is_told_once) {
  Station bob;
  IncomingCall run(bob);
  BOOST_CHECK(answers_with(reoffer(run, Sdp{.direction = "sendonly", .version = 2}.text()), "recvonly"));
  BOOST_CHECK(answers_with(reoffer(run, Sdp{.direction = "inactive", .version = 3}.text()), "inactive"));
  BOOST_CHECK(answers_with(reoffer(run, Sdp{.direction = "recvonly", .version = 4}.text()), "sendonly"));
  reoffer(run, Sdp{.address = "0.0.0.0", .version = 5}.text());
  BOOST_CHECK(answers_with(reoffer(run, Sdp{.version = 6}.text()), "sendrecv"));
  CHECK_STORY(bob, run.session,
              test::called_and_accepted + Story{"GotHoldRequest remote", "GotUnholdRequest remote",
                                                "GotHoldRequest remote", "GotUnholdRequest remote"});
}

BOOST_AUTO_TEST_CASE(both_holds_are_kept_apart) {
  Station bob;
  IncomingCall run(bob);
  bob.act(run.session, "Hold");
  SipMessage ours = run.peer.expect("INVITE");
  BOOST_CHECK(answers_with(ours, "sendonly"));
  run.call.answer(ours, Sdp{.direction = "recvonly", .version = 2}.text());
  BOOST_CHECK(answers_with(reoffer(run, Sdp{.direction = "sendonly", .version = 3}.text()), "inactive"));
  bob.wait(run.session, "GotHoldRequest remote");
  BOOST_CHECK(bob.property<bool>(run.session, "OnHoldByLocal"));
  BOOST_CHECK(bob.property<bool>(run.session, "OnHoldByRemote"));

  bob.act(run.session, "Unhold");
  ours = run.peer.expect("INVITE");
  BOOST_CHECK_MESSAGE(answers_with(ours, "recvonly") || answers_with(ours, "sendrecv"), ours.text);
  run.call.answer(ours, Sdp{.direction = "sendonly", .version = 4}.text());
  bob.wait(run.session, "GotUnholdRequest local");
  BOOST_CHECK(bob.property<bool>(run.session, "OnHold"));
  reoffer(run, Sdp{.version = 5}.text());
  CHECK_STORY(bob, run.session,
              test::called_and_accepted + Story{"GotHoldRequest local", "GotHoldRequest remote",
                                                "GotUnholdRequest local", "GotUnholdRequest remote"});
  BOOST_CHECK(!bob.property<bool>(run.session, "OnHold"));
}

BOOST_AUTO_TEST_CASE(a_reinvite_on_hold_is_answered_without_ending_our_hold) {
  Station bob;
  IncomingCall run(bob);
  bob.act(run.session, "Hold");
  run.call.answer(run.peer.expect("INVITE"), Sdp{.direction = "recvonly", .version = 2}.text());
  BOOST_CHECK(answers_with(reoffer(run, Sdp{.version = 3}.text()), "sendonly"));
  CHECK_STORY(bob, run.session, test::called_and_accepted + Story{"GotHoldRequest local"});
}

BOOST_AUTO_TEST_CASE(a_reinvite_without_an_offer_gets_ours) {
  Station bob;
  IncomingCall run(bob);
  const SipMessage invite = run.call.invite("");
  const SipMessage response = run.peer.expect(200, "INVITE");
  BOOST_CHECK(!response.description_line("m=audio ").empty());
  run.call.acknowledge(invite, Sdp{.port = 40100, .direction = "sendonly", .version = 2}.text());
  bob.wait(run.session, "GotHoldRequest remote");
  BOOST_CHECK_EQUAL(bob.property<std::uint16_t>(run.session, "AudioRemoteRtpPortSdp"), 40100);
}

BOOST_AUTO_TEST_CASE(a_new_port_of_the_peer_is_taken_and_announced) {
  Station bob;
  IncomingCall run(bob);
  const SipMessage response = reoffer(run, Sdp{.port = 40200, .version = 2}.text());
  bob.recorder.wait(
      [&](const test::Entry& entry) {
        return entry.member == "PropertiesChanged" &&
               entry.text().find("\"AudioRemoteRtpPortSdp\": 40200") != std::string::npos;
      },
      "AudioRemoteRtpPortSdp 40200");
  BOOST_CHECK_EQUAL(response.description_line("m=audio "), run.ok.description_line("m=audio "));
  CHECK_STORY(bob, run.session, test::called_and_accepted);
}

BOOST_AUTO_TEST_CASE(the_version_of_our_description_grows_by_one) {
  Station bob;
  IncomingCall run(bob);
  const auto version = [](const SipMessage& message) {
    std::string origin = message.description_line("o=- ");
    origin.erase(0, origin.find(' ') + 1);
    return std::stoull(origin);
  };
  const auto first = version(run.ok);
  BOOST_CHECK_EQUAL(version(reoffer(run, Sdp{.direction = "sendonly", .version = 2}.text())), first + 1);
}

BOOST_AUTO_TEST_CASE(an_update_with_an_offer_is_answered_and_one_without_is_too) {
  Station bob;
  IncomingCall run(bob);
  run.call.send("UPDATE");
  BOOST_CHECK_EQUAL(run.peer.expect(200, "UPDATE").body(), "");
  run.call.send("UPDATE", Sdp{.direction = "sendonly", .version = 2}.text());
  BOOST_CHECK(answers_with(run.peer.expect(200, "UPDATE"), "recvonly"));
  run.call.send("UPDATE", Sdp{.version = 3}.text());
  run.peer.expect(200, "UPDATE");
  CHECK_STORY(bob, run.session, test::called_and_accepted + Story{"GotHoldRequest remote", "GotUnholdRequest remote"});
}

BOOST_AUTO_TEST_CASE(audio_that_the_peer_removes_ends_and_the_session_goes_on) {
  Station bob;
  IncomingCall run(bob);
  const SipMessage response = reoffer(run, Sdp{.version = 2, .media = "m=audio 0 RTP/AVP 0\r\n"}.text());
  BOOST_CHECK(response.description_line("m=audio ").starts_with("0 "));
  CHECK_STORY(bob, run.session, test::called_and_accepted + Story{"GotStreamUpdate"});
  BOOST_CHECK_EQUAL(bob.client.state(run.session), "ESTABLISHED");
  for (const char* method : {"SendDtmf", "StartRecordingAudio"})
    BOOST_CHECK_EQUAL(test::Client::error_of([&] { bob.act(run.session, method, std::string("1")); }), "NoSuchStream");
  bob.end(run.session);
  run.call.reply(run.peer.expect("BYE"), 200, "OK");
  CHECK_STORY(bob, run.session,
              test::called_and_accepted + Story{"GotStreamUpdate", "ChangedState ESTABLISHED TERMINATING", "WillEnd",
                                                "ChangedState TERMINATING TERMINATED", "DidEnd local"});
}

BOOST_AUTO_TEST_CASE(an_offer_with_fewer_media_is_refused_and_changes_nothing) {
  Station bob;
  const std::string audio = "m=audio 40000 RTP/AVP 0\r\n";
  IncomingCall run(bob, Sdp{.media = audio + "m=video 40002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"}.text());
  BOOST_CHECK(run.ok.description_line("m=video ").starts_with("0 "));
  const SipMessage refusal = bad_reoffer(run, Sdp{.version = 2, .media = audio}.text());
  BOOST_CHECK(refusal.header("Warning").starts_with("399 "));
  bad_reoffer(run, Sdp{.version = 2, .media = "m=video 40002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n" + audio}.text());
  CHECK_STORY(bob, run.session, test::called_and_accepted);
  BOOST_CHECK(bob.property<bool>(run.session, "HasAudio"));
}

BOOST_AUTO_TEST_CASE(media_that_nobody_knows_are_answered_with_port_0) {
  Station bob;
  IncomingCall run(bob);
  const SipMessage response =
      reoffer(run, Sdp{.version = 2,
                       .media = "m=audio 40000 RTP/AVP 0\r\nm=video 40002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                                "m=application 9 UDP/BFCP *\r\n"}
                       .text());
  BOOST_CHECK(response.description_line("m=video ").starts_with("0 RTP/AVP 96"));
  BOOST_CHECK(response.description_line("m=application ").starts_with("0 UDP/BFCP *"));
  CHECK_STORY(bob, run.session, test::called_and_accepted);
}

BOOST_AUTO_TEST_CASE(an_offer_of_codecs_that_we_do_not_speak_is_refused) {
  Station bob;
  IncomingCall run(bob);
  bad_reoffer(run, Sdp{.version = 2, .media = "m=audio 40000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n"}.text());
  CHECK_STORY(bob, run.session, test::called_and_accepted);
}

BOOST_AUTO_TEST_CASE(our_hold_that_meets_another_offer_is_tried_again) {
  Station bob;
  OutgoingCall run(bob);
  bob.act(run.session, "Hold");
  const SipMessage first = run.peer.expect("INVITE");
  run.call.reply(first, 491, "Request Pending");
  run.peer.expect("ACK");
  const SipMessage second = run.peer.expect("INVITE");
  BOOST_CHECK(answers_with(second, "sendonly"));
  run.call.answer(second, Sdp{.direction = "recvonly", .version = 2}.text());
  CHECK_STORY(bob, run.session, test::calling + test::answered + Story{"GotHoldRequest local"});
}

BOOST_AUTO_TEST_CASE(our_hold_that_meets_other_offers_twice_is_taken_back) {
  Station bob;
  IncomingCall run(bob);
  bob.act(run.session, "Hold");
  for (int attempt = 0; attempt < 2; ++attempt) {
    run.call.reply(run.peer.expect("INVITE"), 491, "Request Pending");
    run.peer.expect("ACK");
  }
  CHECK_STORY(bob, run.session, test::called_and_accepted + Story{"GotHoldRequest local", "GotUnholdRequest local"});
}

BOOST_AUTO_TEST_CASE(our_hold_that_is_refused_is_taken_back_and_told) {
  Station bob;
  OutgoingCall run(bob);
  bob.act(run.session, "Hold");
  run.call.reply(run.peer.expect("INVITE"), 488, "Not Acceptable Here");
  run.peer.expect("ACK");
  CHECK_STORY(bob, run.session,
              test::calling + test::answered + Story{"GotHoldRequest local", "GotUnholdRequest local"});
  BOOST_CHECK(!bob.property<bool>(run.session, "OnHoldByLocal"));
  bob.act(run.session, "Hold");
  run.call.answer(run.peer.expect("INVITE"), Sdp{.direction = "recvonly", .version = 2}.text());
  bob.act(run.session, "Unhold");
  run.call.reply(run.peer.expect("INVITE"), 488, "Not Acceptable Here");
  run.peer.expect("ACK");
  CHECK_STORY(bob, run.session,
              test::calling + test::answered +
                  Story{"GotHoldRequest local", "GotUnholdRequest local", "GotHoldRequest local",
                        "GotUnholdRequest local", "GotHoldRequest local"});
}

BOOST_AUTO_TEST_CASE(an_offer_that_crosses_ours_is_asked_to_wait) {
  Station bob;
  IncomingCall run(bob);
  bob.act(run.session, "Hold");
  const SipMessage ours = run.peer.expect("INVITE");
  bad_reoffer(run, Sdp{.version = 2}.text(), 491);
  run.call.answer(ours, Sdp{.direction = "recvonly", .version = 3}.text());
  CHECK_STORY(bob, run.session, test::called_and_accepted + Story{"GotHoldRequest local"});
}

BOOST_AUTO_TEST_CASE(a_peer_that_knows_the_call_no_longer_ends_it) {
  Station bob;
  OutgoingCall run(bob);
  bob.act(run.session, "Hold");
  run.call.reply(run.peer.expect("INVITE"), 481, "Call/Transaction Does Not Exist");
  bob.wait(run.session, "ChangedState ESTABLISHED TERMINATED");
  BOOST_CHECK_EQUAL(bob.client.state(run.session), "TERMINATED");
}

BOOST_AUTO_TEST_CASE(answers_of_the_peer_to_our_hold_decide_about_its_own_hold) {
  Station bob;
  OutgoingCall run(bob);
  bob.act(run.session, "Hold");
  run.call.answer(run.peer.expect("INVITE"), Sdp{.direction = "inactive", .version = 2}.text());
  CHECK_STORY(bob, run.session,
              test::calling + test::answered + Story{"GotHoldRequest local", "GotHoldRequest remote"});
}

BOOST_AUTO_TEST_SUITE_END()
