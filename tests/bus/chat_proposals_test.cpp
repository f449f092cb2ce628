// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/bus/chat_stories.h"

// Chats that are added to calls, and taken from them, by either side.
BOOST_AUTO_TEST_SUITE(chat_proposals)

using test::IncomingCall;
using test::MsrpPeer;
using test::received;
using test::Sdp;
using test::send_message;
using test::SipMessage;
using test::Station;
using test::Story;
using test::verdict;

namespace {

const std::string audio = "m=audio 40000 RTP/AVP 0\r\n";
const std::string no_chat = "m=message 0 TCP/MSRP *\r\n";
const std::string hasty = test::plain_chat + "sessions: { proposal_timeout = 1; };\n";
const Story proposing{"ChangedState ESTABLISHED PROPOSING", "GotStreamProposal local chat"};
const Story proposed{"ChangedState ESTABLISHED PROPOSED", "GotStreamProposal remote chat"};

Story refused(const std::string& by, const std::string& reason) {
  return {"ChangedState " + std::string(by == "local" ? "PROPOSING" : "PROPOSED") + " ESTABLISHED",
          "RejectedStreamProposal " + by + " " + reason};
}

Story accepted(const std::string& by) {
  return {"ChangedState " + std::string(by == "local" ? "PROPOSING" : "PROPOSED") + " ESTABLISHED",
          "AcceptedStreamProposal " + by, "GotStreamUpdate audio,chat"};
}

std::string with_chat(const MsrpPeer& chat, unsigned version, const std::string& setup = "passive") {
  return Sdp{.version = version, .media = audio + chat.media({.setup = setup})}.text();
}

std::string without_chat(unsigned version) { return Sdp{.version = version, .media = audio + no_chat}.text(); }

// The final answer to the peer's request, whatever came before it.
SipMessage final_answer(IncomingCall& run, int code, const std::string& method = "INVITE") {
  for (;;) {
    const auto message = run.peer.receive();
    if (!message) throw std::runtime_error("no answer came:" + run.peer.trace());
    if (message->code() < 200) continue;
    BOOST_CHECK_EQUAL(message->code(), code);
    BOOST_CHECK_EQUAL(message->method(), method);
    return *message;
  }
}

// The peer proposes a chat, and the daemon knows.
SipMessage propose(Station& bob, IncomingCall& run, const MsrpPeer& chat) {
  SipMessage invite = run.call.invite(with_chat(chat, 2, "actpass"));
  bob.wait(run.session, "GotStreamProposal remote chat");
  return invite;
}

void refuse(IncomingCall& run, const SipMessage& invite, int code, const std::string& phrase) {
  run.call.reply(invite, code, phrase);
  run.peer.expect("ACK");
}

// Proposed by us and taken.
void add_chat(Station& bob, IncomingCall& run, MsrpPeer& chat, unsigned version) {
  bob.act(run.session, "AddChat");
  const SipMessage invite = run.peer.expect("INVITE");
  run.call.answer(invite, with_chat(chat, version));
  connect_chat(bob, run.session, chat, invite);
}

void exchange(Station& bob, IncomingCall& run, MsrpPeer& chat) {
  chat.act("send id=word body=a word");
  BOOST_CHECK_EQUAL(received(bob, run.session).content, "a word");
  BOOST_CHECK_EQUAL(verdict(bob, run.session, send_message(bob, run.session, "and another")),
                    "DidDeliverMessage 200 OK");
  BOOST_CHECK_MESSAGE(chat.count("WRONG") == 0, chat.said());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_chat_that_we_propose_is_there_when_the_peer_takes_it) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  MsrpPeer chat;
  add_chat(bob, run, chat, 2);
  CHECK_STORY(bob, run.session, test::called_and_accepted + proposing + accepted("local"));
  exchange(bob, run, chat);
  BOOST_CHECK_EQUAL(test::Client::error_of([&] { bob.act(run.session, "AddChat"); }), "InvalidState");
}

BOOST_AUTO_TEST_CASE(a_chat_that_the_peer_refuses_is_not_there) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  bob.act(run.session, "AddChat");
  refuse(run, run.peer.expect("INVITE"), 488, "Not Acceptable Here");
  const Story first =
      test::called_and_accepted + proposing + refused("local", "Proposal rejected with: 488 Not Acceptable Here");
  CHECK_STORY(bob, run.session, first);
  BOOST_CHECK(bob.property<bool>(run.session, "HasAudio"));
  // With port 0, and a chat-less answer, it is refused as well.
  bob.act(run.session, "AddChat");
  run.call.answer(run.peer.expect("INVITE"), without_chat(2));
  CHECK_STORY(bob, run.session, first + proposing + refused("local", "SDP negotiation failed: the stream was refused"));
}

BOOST_AUTO_TEST_CASE(a_proposal_of_ours_that_nobody_decides_is_taken_back) {
  Station bob({.more = hasty});
  IncomingCall run(bob);
  bob.act(run.session, "AddChat");
  const SipMessage invite = run.peer.expect("INVITE");
  run.call.reply(invite, 180, "Ringing");
  const SipMessage cancel = run.peer.expect("CANCEL");
  CHECK_STORY(bob, run.session, test::called_and_accepted + proposing + refused("local", "408 Request Timeout"));
  run.call.reply(cancel, 200, "OK");
  refuse(run, invite, 487, "Request Terminated");
  // The next one finds nothing in its way.
  MsrpPeer chat;
  add_chat(bob, run, chat, 2);
  exchange(bob, run, chat);
}

BOOST_AUTO_TEST_CASE(an_acceptance_that_crosses_our_taking_back_is_undone) {
  Station bob({.more = hasty});
  IncomingCall run(bob);
  MsrpPeer chat;
  bob.act(run.session, "AddChat");
  const SipMessage invite = run.peer.expect("INVITE");
  run.call.reply(invite, 180, "Ringing");
  const SipMessage cancel = run.peer.expect("CANCEL");
  run.call.reply(cancel, 200, "OK");
  run.call.answer(invite, with_chat(chat, 2));
  const SipMessage removal = run.peer.expect("INVITE");
  BOOST_CHECK_MESSAGE(removal.description_line("m=message ").starts_with("0 "), removal.text);
  run.call.answer(removal, without_chat(3));
  CHECK_STORY(bob, run.session, test::called_and_accepted + proposing + refused("local", "408 Request Timeout"));
  BOOST_CHECK(!bob.property<bool>(run.session, "HasChat"));
}

BOOST_AUTO_TEST_CASE(a_proposal_that_meets_another_offer_is_made_again_once) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  MsrpPeer chat;
  bob.act(run.session, "AddChat");
  refuse(run, run.peer.expect("INVITE"), 491, "Request Pending");
  const SipMessage invite = run.peer.expect("INVITE");
  run.call.answer(invite, with_chat(chat, 2));
  connect_chat(bob, run.session, chat, invite);
  CHECK_STORY(bob, run.session, test::called_and_accepted + proposing + accepted("local"));

  IncomingCall other(bob);
  bob.act(other.session, "AddChat");
  for (int attempt = 0; attempt < 2; ++attempt) refuse(other, other.peer.expect("INVITE"), 491, "Request Pending");
  CHECK_STORY(bob, other.session,
              test::called_and_accepted + proposing + refused("local", "Proposal rejected with: 491 Request Pending"));
}

BOOST_AUTO_TEST_CASE(of_two_proposals_the_one_of_the_faster_peer_counts) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  MsrpPeer chat;
  bob.act(run.session, "AddChat");
  const SipMessage ours = run.peer.expect("INVITE");
  // While ours is under way, the peer's has to wait.
  const SipMessage crossing = run.call.invite(with_chat(chat, 2, "actpass"));
  run.call.acknowledge_refusal(crossing, final_answer(run, 491));
  refuse(run, ours, 491, "Request Pending");
  const SipMessage theirs = propose(bob, run, chat);
  bob.act(run.session, "AcceptProposal", test::chat_only);
  const SipMessage ok = final_answer(run, 200);
  run.call.acknowledge(theirs);
  connect_chat(bob, run.session, chat, ok);
  CHECK_STORY(
      bob, run.session,
      test::called_and_accepted + proposing +
          Story{"ChangedState PROPOSING PROPOSED", "RejectedStreamProposal local the peer proposed at the same time",
                "GotStreamProposal remote chat"} +
          accepted("remote"));
  exchange(bob, run, chat);
}

BOOST_AUTO_TEST_CASE(a_chat_that_the_peer_proposes_waits_for_a_decision) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  MsrpPeer chat;
  const SipMessage invite = propose(bob, run, chat);
  BOOST_CHECK_EQUAL(bob.client.state(run.session), "PROPOSED");
  bob.act(run.session, "AcceptProposal", test::chat_only);
  const SipMessage ok = final_answer(run, 200);
  BOOST_CHECK_EQUAL(ok.description_line("a=setup:"), "passive");
  run.call.acknowledge(invite);
  connect_chat(bob, run.session, chat, ok);
  CHECK_STORY(bob, run.session, test::called_and_accepted + proposed + accepted("remote"));
  exchange(bob, run, chat);
}

BOOST_AUTO_TEST_CASE(a_chat_that_the_peer_proposes_can_be_refused) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  MsrpPeer chat;
  const SipMessage invite = propose(bob, run, chat);
  bob.act(run.session, "RejectProposal");
  run.call.acknowledge_refusal(invite, final_answer(run, 488));
  CHECK_STORY(bob, run.session, test::called_and_accepted + proposed + refused("remote", "Rejected by user"));
}

BOOST_AUTO_TEST_CASE(a_proposal_that_the_peer_takes_back_is_over) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  MsrpPeer chat;
  const SipMessage invite = propose(bob, run, chat);
  run.call.cancel(invite);
  final_answer(run, 200, "CANCEL");
  run.call.acknowledge_refusal(invite, final_answer(run, 487));
  CHECK_STORY(bob, run.session, test::called_and_accepted + proposed + refused("remote", "Cancelled by remote"));
  BOOST_CHECK_EQUAL(test::Client::error_of([&] { bob.act(run.session, "AcceptProposal", test::chat_only); }),
                    "InvalidState");
  // It may come again.
  const SipMessage again = run.call.invite(with_chat(chat, 3, "actpass"));
  bob.wait(run.session, "GotStreamProposal remote chat", 2);
  bob.act(run.session, "AcceptProposal", test::chat_only);
  const SipMessage ok = final_answer(run, 200);
  run.call.acknowledge(again);
  connect_chat(bob, run.session, chat, ok);
  exchange(bob, run, chat);
}

BOOST_AUTO_TEST_CASE(a_proposal_of_the_peer_that_nobody_decides_is_refused) {
  Station bob({.more = hasty});
  IncomingCall run(bob);
  MsrpPeer chat;
  const SipMessage invite = propose(bob, run, chat);
  run.call.acknowledge_refusal(invite, final_answer(run, 488));
  CHECK_STORY(bob, run.session, test::called_and_accepted + proposed + refused("remote", "nobody decided in time"));
}

// RFC 3261, 15.1.2: what has no answer yet gets 487, whoever ends the session.
BOOST_AUTO_TEST_CASE(the_end_of_a_session_answers_the_proposal_of_the_peer) {
  Station bob({.more = test::plain_chat});
  const Story ended = test::called_and_accepted + proposed;
  MsrpPeer chat;
  IncomingCall ours(bob);
  SipMessage invite = propose(bob, ours, chat);
  bob.end(ours.session);
  const SipMessage terminated = final_answer(ours, 487);
  const SipMessage bye = ours.peer.expect("BYE");
  ours.call.acknowledge_refusal(invite, terminated);
  ours.call.reply(bye, 200, "OK");
  CHECK_STORY(bob, ours.session,
              ended + Story{"ChangedState PROPOSED TERMINATING", "WillEnd", "GotStreamUpdate",
                            "ChangedState TERMINATING TERMINATED", "DidEnd local"});
  BOOST_CHECK_MESSAGE(ours.peer.silent(std::chrono::milliseconds(0)), ours.peer.trace());

  IncomingCall theirs(bob);
  invite = propose(bob, theirs, chat);
  theirs.call.send("BYE");
  final_answer(theirs, 200, "BYE");
  theirs.call.acknowledge_refusal(invite, final_answer(theirs, 487));
  CHECK_STORY(bob, theirs.session,
              ended + Story{"GotStreamUpdate", "ChangedState PROPOSED TERMINATED", "DidEnd remote"});
}

BOOST_AUTO_TEST_CASE(a_chat_that_we_remove_stays_connected_until_the_peer_knows_and_can_come_again) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  MsrpPeer chat;
  add_chat(bob, run, chat, 2);
  bob.act(run.session, "RemoveChat");
  const SipMessage removal = run.peer.expect("INVITE");
  BOOST_CHECK_MESSAGE(removal.description_line("m=message ").starts_with("0 "), removal.text);
  bob.recorder.settle();
  BOOST_CHECK_EQUAL(chat.count("CLOSED"), 0);
  run.call.answer(removal, without_chat(3));
  chat.wait("CLOSED 1");
  const Story once = test::called_and_accepted + proposing + accepted("local") + Story{"GotStreamUpdate audio"};
  CHECK_STORY(bob, run.session, once);
  MsrpPeer next;
  bob.act(run.session, "AddChat");
  const SipMessage invite = run.peer.expect("INVITE");
  BOOST_CHECK_EQUAL(invite.body().find("m=message"), invite.body().rfind("m=message"));
  run.call.answer(invite, with_chat(next, 4));
  next.wait("GOT SEND");
  CHECK_STORY(bob, run.session, once + proposing + accepted("local"));
}

BOOST_AUTO_TEST_CASE(a_removal_that_meets_other_offers_again_and_again_is_told_until_the_peer_has_heard) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  MsrpPeer chat;
  add_chat(bob, run, chat, 2);
  bob.act(run.session, "RemoveChat");
  for (int attempt = 0; attempt < 3; ++attempt) {
    refuse(run, run.peer.expect("INVITE"), 491, "Request Pending");
    BOOST_CHECK_EQUAL(chat.count("CLOSED"), 0);
  }
  const SipMessage removal = run.peer.expect("INVITE");
  BOOST_CHECK_MESSAGE(removal.description_line("m=message ").starts_with("0 "), removal.text);
  run.call.answer(removal, without_chat(3));
  chat.wait("CLOSED 1");
  CHECK_STORY(bob, run.session,
              test::called_and_accepted + proposing + accepted("local") + Story{"GotStreamUpdate audio"});
}

BOOST_AUTO_TEST_CASE(a_chat_that_the_peer_removes_is_over_with_what_was_not_delivered) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  MsrpPeer chat;
  add_chat(bob, run, chat, 2);
  chat.act("answer none");
  chat.act("reports off");
  const std::string id = send_message(bob, run.session, "in vain");
  chat.wait("MESSAGE " + id);
  const SipMessage invite = run.call.invite(without_chat(3));
  const SipMessage ok = final_answer(run, 200);
  BOOST_CHECK(ok.description_line("m=message ").starts_with("0 "));
  run.call.acknowledge(invite);
  BOOST_CHECK_EQUAL(verdict(bob, run.session, id), "DidNotDeliverMessage 0 the peer ended the chat");
  bob.wait(run.session, "GotStreamUpdate audio", 2);
  chat.wait("CLOSED 1");
}

BOOST_AUTO_TEST_CASE(a_peer_that_moves_to_another_path_takes_its_chat_along) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  MsrpPeer chat;
  add_chat(bob, run, chat, 2);
  exchange(bob, run, chat);
  MsrpPeer moved;
  const SipMessage invite = run.call.invite(with_chat(moved, 3, "actpass"));
  const SipMessage ok = final_answer(run, 200);
  run.call.acknowledge(invite);
  chat.wait("CLOSED 1");
  moved.learn(ok);
  moved.bind();
  bob.wait(run.session, "GotStreamUpdate audio,chat", 2);
  moved.act("send id=here body=from elsewhere");
  BOOST_CHECK_EQUAL(received(bob, run.session, 2).content, "from elsewhere");
  BOOST_CHECK_EQUAL(verdict(bob, run.session, send_message(bob, run.session, "welcome")), "DidDeliverMessage 200 OK");
  BOOST_CHECK_MESSAGE(moved.count("WRONG") == 0, moved.said());
  const auto story = bob.story(run.session);
  BOOST_CHECK_EQUAL(std::count(story.begin(), story.end(), "GotStreamUpdate audio"), 2);
  BOOST_CHECK(
      std::none_of(story.begin(), story.end(), [](const auto& line) { return line.starts_with("StreamDidFail"); }));
}

BOOST_AUTO_TEST_CASE(a_peer_that_answers_with_another_path_takes_its_chat_along) {
  Station bob({.more = test::plain_chat});
  IncomingCall run(bob);
  MsrpPeer chat;
  add_chat(bob, run, chat, 2);
  MsrpPeer moved;
  const auto held = [&](unsigned version) {
    return Sdp{.direction = "recvonly", .version = version, .media = audio + moved.media({.setup = "passive"})}.text();
  };
  bob.act(run.session, "Hold");
  run.call.answer(run.peer.expect("INVITE"), held(3));
  // Our side of it.
  const SipMessage invite = run.peer.expect("INVITE");
  moved.learn(invite);
  BOOST_CHECK(moved.remote() != chat.remote());
  run.call.answer(invite, held(4));
  moved.wait("GOT SEND");
  chat.wait("CLOSED 1");
  bob.wait(run.session, "GotStreamUpdate audio,chat", 2);
  const Story story = test::called_and_accepted + proposing + accepted("local") +
                      Story{"GotHoldRequest local", "GotStreamUpdate audio", "GotStreamUpdate audio,chat"};
  CHECK_STORY(bob, run.session, story);
  exchange(bob, run, moved);
}

BOOST_AUTO_TEST_CASE(of_a_call_with_both_one_may_be_taken) {
  Station bob({.more = test::plain_chat});
  test::SipPeer sip;
  MsrpPeer chat;
  test::PeerCall call(sip, bob.uri(), bob.port());
  const SipMessage invite = call.invite(with_chat(chat, 1, "actpass"));
  const std::string session = bob.called();
  bob.act(session, "Accept", std::vector<std::string>{"audio"});
  sip.expect(180);
  const SipMessage ok = sip.expect(200, "INVITE");
  BOOST_CHECK(ok.description_line("m=message ").starts_with("0 "));
  call.learn(ok);
  call.acknowledge(invite);
  bob.wait(session, "DidStart");
  BOOST_CHECK(!bob.property<bool>(session, "HasChat"));
  BOOST_CHECK_EQUAL(test::Client::error_of([&] { send_message(bob, session, "no"); }), "NoSuchStream");
}

BOOST_AUTO_TEST_SUITE_END()
