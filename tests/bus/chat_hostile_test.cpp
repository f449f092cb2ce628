// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/bus/chat_stories.h"

// Chats with peers that lie, break off, say too much or nothing, and with strangers.
BOOST_AUTO_TEST_SUITE(chat_hostile)

using test::Client;
using test::IncomingChat;
using test::MsrpPeer;
using test::received;
using test::send_message;
using test::SipMessage;
using test::Station;
using test::Story;
using test::verdict;

namespace {

const std::string audio = "m=audio 40000 RTP/AVP 0\r\n";

std::size_t told(Station& bob, const std::string& session, const std::string& member) {
  bob.recorder.settle();
  const auto members = bob.recorder.members(session);
  return static_cast<std::size_t>(std::count(members.begin(), members.end(), member));
}

// The peer says a word, and is heard.
void check_alive(Station& bob, IncomingChat& run, const std::string& word) {
  run.chat.act("send id=alive body=" + word);
  const auto is_it = [&](const test::Entry& entry) {
    return entry.path == run.session && entry.member == "SIPSessionGotMessage" &&
           entry.text().find("\"" + word + "\"") != std::string::npos;
  };
  bob.recorder.wait(is_it, word);
}

// The call goes on without the chat, and the peer is told so by SIP.
void expect_removal(Station& bob, IncomingChat& run) {
  const SipMessage invite = run.sip.expect("INVITE");
  BOOST_CHECK_MESSAGE(invite.description_line("m=message ").starts_with("0 "), invite.text);
  BOOST_CHECK_MESSAGE(!invite.description_line("m=audio ").starts_with("0 "), invite.text);
  run.call.answer(invite, test::Sdp{.version = 2, .media = audio + "m=message 0 TCP/MSRP *\r\n"}.text());
  bob.recorder.settle();
  BOOST_CHECK_EQUAL(bob.client.state(run.session), "ESTABLISHED");
  BOOST_CHECK(bob.property<bool>(run.session, "HasAudio"));
  BOOST_CHECK(!bob.property<bool>(run.session, "HasChat"));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_stranger_who_does_not_know_the_session_is_turned_away) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  IncomingChat other(bob);
  other.connect();
  const std::string place = run.chat.remote().substr(0, run.chat.remote().rfind('/'));
  MsrpPeer stranger;
  stranger.learn(run.ok);
  unsigned number = 0;
  for (const auto& [words, code] :
       {std::pair{"to=" + place + "/0123456789abcdef0123;tcp", "481"},
        std::pair{std::string("from=") + other.chat.path(), "481"}, std::pair{"from=" + run.chat.path(), "506"}}) {
    BOOST_TEST_CONTEXT(words) {
      ++number;
      stranger.connect();
      stranger.act("send id=stolen " + words + " body=let me in");
      BOOST_CHECK_EQUAL(stranger.wait("RESPONSE"), "RESPONSE peer000" + std::to_string(number) + " " + code);
      stranger.wait("CLOSED " + std::to_string(number));
    }
  }
  BOOST_CHECK_EQUAL(stranger.count("WRONG"), 0);
  check_alive(bob, run, "unharmed");
  check_alive(bob, other, "unharmed");
}

BOOST_AUTO_TEST_CASE(a_request_for_another_session_is_not_taken_on_our_connection) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  IncomingChat other(bob);
  other.connect();
  run.chat.act("send id=smuggled to=" + other.chat.remote() + " body=for the other");
  BOOST_CHECK(run.chat.wait("RESPONSE peer0002").ends_with(" 481"));
  run.chat.act("send id=false from=" + other.chat.path() + " body=by the other");
  BOOST_CHECK(run.chat.wait("RESPONSE peer0003").ends_with(" 481"));
  check_alive(bob, run, "own");
  check_alive(bob, other, "own");
}

BOOST_AUTO_TEST_CASE(an_endless_head_is_not_read_to_its_end) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob, {}, {}, audio);
  run.connect();
  MsrpPeer stranger;
  stranger.learn(run.ok);
  stranger.connect();
  const std::string endless(40000, 'x');
  stranger.tell("raw MSRP abcd SEND\\r\\nTo-Path: " + endless);
  stranger.wait("CLOSED 1");
  check_alive(bob, run, "unharmed");
  run.chat.tell("raw MSRP abcd SEND\\r\\nTo-Path: " + endless);
  bob.recorder.wait(run.session, "SIPSessionStreamDidFail");
  expect_removal(bob, run);
}

BOOST_AUTO_TEST_CASE(reports_of_what_nobody_sent_are_nothing) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  run.chat.act("reports off");
  const std::string id = send_message(bob, run.session, "one");
  run.chat.wait("MESSAGE " + id);
  run.chat.act("report id=nobody times=20000");
  run.chat.act("report id=nobody status=413 times=100");
  check_alive(bob, run, "after the storm");
  BOOST_CHECK_EQUAL(told(bob, run.session, "SIPSessionDidDeliverMessage"), 0);
  BOOST_CHECK_EQUAL(told(bob, run.session, "SIPSessionDidNotDeliverMessage"), 0);
  run.chat.act("report id=" + id + " times=500");
  BOOST_CHECK_EQUAL(verdict(bob, run.session, id), "DidDeliverMessage 200 OK");
  check_alive(bob, run, "still");
  BOOST_CHECK_EQUAL(told(bob, run.session, "SIPSessionDidDeliverMessage"), 1);
  run.chat.wait_until("RESPONSE", 3);
  // A report is never answered.
  BOOST_CHECK_EQUAL(run.chat.count("RESPONSE"), 3);
}

BOOST_AUTO_TEST_CASE(a_report_on_what_was_sent_to_another_is_nothing) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  IncomingChat other(bob);
  other.connect();
  other.chat.act("answer none");
  other.chat.act("reports off");
  const std::string id = send_message(bob, other.session, "not for you");
  other.chat.wait("MESSAGE " + id);
  run.chat.act("report id=" + id);
  run.chat.act("report id=" + id + " status=413");
  check_alive(bob, run, "still here");
  BOOST_CHECK_EQUAL(told(bob, other.session, "SIPSessionDidDeliverMessage"), 0);
  BOOST_CHECK_EQUAL(told(bob, other.session, "SIPSessionDidNotDeliverMessage"), 0);
  other.chat.act("report id=" + id);
  BOOST_CHECK_EQUAL(verdict(bob, other.session, id), "DidDeliverMessage 200 OK");
}

BOOST_AUTO_TEST_CASE(a_sender_that_is_not_the_peer_is_marked) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  const std::string rest = "\\r\\nTo: <" + bob.uri() + ">\\r\\n\\r\\nContent-Type: text/plain\\r\\n\\r\\nhi";
  run.chat.act("send id=m1 type=message/cpim body=From: Bank <sip:boss@bank.example>" + rest);
  const test::Received message = received(bob, run.session);
  BOOST_CHECK_MESSAGE(message.message.find("\"foreign_sender\": true") != std::string::npos, message.message);
  run.chat.act("send id=m2 type=message/cpim body=no wrapper at all");
  run.chat.wait("RESPONSE peer0003 400");
  check_alive(bob, run, "goes on");
}

BOOST_AUTO_TEST_CASE(nothing_that_is_said_becomes_a_header) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  const auto error = [&](const std::string& type, const std::string& to) {
    return Client::error_of([&] { send_message(bob, run.session, "x", type, to); });
  };
  BOOST_CHECK_EQUAL(error("text/plain\r\nSuccess-Report: no", ""), "InvalidArgument");
  BOOST_CHECK_EQUAL(error("text/plain\n", ""), "InvalidArgument");
  BOOST_CHECK_EQUAL(error("nonsense", ""), "InvalidArgument");
  BOOST_CHECK_EQUAL(error("", "sip:carol@example.com>\r\nSubject: x"), "InvalidUri");
  BOOST_CHECK_EQUAL(error("", "carol"), "InvalidUri");
  const std::string id = send_message(bob, run.session, "\r\n-------abcd$\r\nMSRP abcd SEND\r\n");
  const std::string line = run.chat.wait("MESSAGE " + id);
  BOOST_CHECK_MESSAGE(line.ends_with("\\r\\n\\r\\n\\r\\n-------abcd$\\r\\nMSRP abcd SEND\\r\\n"), line);
  BOOST_CHECK_EQUAL(verdict(bob, run.session, id), "DidDeliverMessage 200 OK");
  BOOST_CHECK_MESSAGE(run.chat.count("WRONG") == 0, run.chat.said());
}

BOOST_AUTO_TEST_CASE(a_peer_that_stops_reading_holds_up_nobody_else) {
  Station bob({.more = test::plain_chat});
  IncomingChat deaf(bob, {}, {"--buffer", "4096"});
  deaf.connect();
  IncomingChat other(bob);
  other.connect();
  deaf.chat.act("pause");
  const std::string large(2'000'000, 'x');
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(send_message(bob, deaf.session, large));
  const std::string id = send_message(bob, other.session, "flows");
  BOOST_CHECK_EQUAL(verdict(bob, other.session, id), "DidDeliverMessage 200 OK");
  check_alive(bob, other, "flows too");
  // There is an end to what waits for it.
  std::string error;
  for (int i = 0; i < 60 && error.empty(); ++i)
    error = Client::error_of([&] { ids.push_back(send_message(bob, deaf.session, large)); });
  BOOST_CHECK_EQUAL(error, "LimitReached");
  bob.end(deaf.session);
  for (const std::string& one : ids)
    BOOST_CHECK(verdict(bob, deaf.session, one).starts_with("DidNotDeliverMessage 0 the session"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_reads_nothing_for_30_seconds_is_given_up) {
  Station bob({.more = test::plain_chat});
  IncomingChat deaf(bob, {}, {"--buffer", "4096"});
  deaf.connect();
  deaf.chat.act("pause");
  const auto begin = std::chrono::steady_clock::now();
  const std::string id = send_message(bob, deaf.session, std::string(9'000'000, 'x'));
  bob.wait(deaf.session, "ChangedState ESTABLISHED TERMINATED", 1, 2 * test::patience);
  BOOST_CHECK(std::chrono::steady_clock::now() - begin > std::chrono::seconds(25));
  BOOST_CHECK_EQUAL(verdict(bob, deaf.session, id).substr(0, 20), "DidNotDeliverMessage");
}

BOOST_AUTO_TEST_CASE(a_connection_that_breaks_takes_the_chat_and_leaves_the_call) {
  for (const char* way : {"reset", "half", "close"}) {
    BOOST_TEST_CONTEXT(way) {
      Station bob({.more = test::plain_chat});
      IncomingChat run(bob, {}, {}, audio);
      run.connect();
      run.chat.act("answer none");
      run.chat.act("reports off");
      std::vector<std::string> ids;
      for (const char* word : {"one", "two", "three"}) ids.push_back(send_message(bob, run.session, word));
      for (const std::string& id : ids) run.chat.wait("MESSAGE " + id);
      run.chat.act("raw MSRP abcd SEND\\r\\nTo-Path: " + run.chat.remote() + "\\r\\nFrom-Path: " + run.chat.path() +
                   "\\r\\nMessage-ID: broken\\r\\nByte-Range: 1-*/100\\r\\nContent-Type: text/plain\\r\\n\\r\\nhalf a");
      run.chat.act(way);
      const test::Entry failure = bob.recorder.wait(run.session, "SIPSessionStreamDidFail");
      BOOST_CHECK_EQUAL(failure.arguments.at(1).text, "chat");
      BOOST_CHECK_NE(failure.arguments.at(2).text, "");
      for (const std::string& id : ids)
        BOOST_CHECK(verdict(bob, run.session, id).starts_with("DidNotDeliverMessage 0 "));
      expect_removal(bob, run);
      BOOST_CHECK_EQUAL(told(bob, run.session, "SIPSessionGotMessage"), 0);
      BOOST_CHECK_EQUAL(Client::error_of([&] { send_message(bob, run.session, "late"); }), "NoSuchStream");
      bob.end(run.session);
      run.call.reply(run.sip.expect("BYE"), 200, "OK");
      bob.wait(run.session, "DidEnd local");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_peer_that_dies_in_a_long_message_of_ours_ends_the_chat) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob, {}, {"--buffer", "4096"}, audio);
  run.connect();
  run.chat.act("pause");
  const std::string id = send_message(bob, run.session, std::string(8'000'000, 'x'));
  run.chat.process().signal(SIGKILL);
  BOOST_CHECK(verdict(bob, run.session, id).starts_with("DidNotDeliverMessage 0 "));
  expect_removal(bob, run);
}

BOOST_AUTO_TEST_CASE(a_session_that_was_only_a_chat_ends_with_its_connection) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  run.chat.act("close");
  run.call.reply(run.sip.expect("BYE"), 200, "OK");
  bob.wait(run.session, "ChangedState ESTABLISHED TERMINATED");
  const test::Entry failure = bob.recorder.wait(run.session, "SIPSessionDidFail");
  BOOST_CHECK_EQUAL(failure.arguments.at(1).text, "local");
  bob.wait(run.session, "DidEnd local");
  BOOST_CHECK_EQUAL(told(bob, run.session, "SIPSessionStreamDidFail"), 1);
}

BOOST_AUTO_TEST_CASE(what_was_not_delivered_when_the_peer_hangs_up_is_told_once) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  // The first waits for the connection, the others for a word on them.
  std::vector<std::string> ids{send_message(bob, run.session, "early")};
  run.chat.act("answer none");
  run.chat.act("reports off");
  run.connect();
  for (const char* word : {"one", "two"}) ids.push_back(send_message(bob, run.session, word));
  for (const std::string& id : ids) run.chat.wait("MESSAGE " + id);
  run.call.send("BYE");
  run.sip.expect(200, "BYE");
  bob.wait(run.session, "DidEnd remote");
  for (const std::string& id : ids)
    BOOST_CHECK_EQUAL(verdict(bob, run.session, id), "DidNotDeliverMessage 0 the session is over");
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_connection_that_never_comes_is_not_delivered) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  const std::string id = send_message(bob, run.session, "too early");
  bob.end(run.session);
  run.call.reply(run.sip.expect("BYE"), 200, "OK");
  BOOST_CHECK_EQUAL(verdict(bob, run.session, id), "DidNotDeliverMessage 0 the session was ended");
}

BOOST_AUTO_TEST_CASE(a_peer_that_nobody_reaches_fails_the_session) {
  Station bob({.more = test::plain_chat});
  std::string media;
  {
    MsrpPeer gone;
    media = gone.media({.setup = "passive"});
  }
  test::SipPeer sip;
  test::PeerCall call(sip, bob.uri(), bob.port());
  const SipMessage invite = call.invite(test::Sdp{.media = media}.text());
  const std::string session = bob.called();
  bob.act(session, "Accept", test::chat_only);
  sip.expect(180);
  const SipMessage ok = sip.expect(200, "INVITE");
  call.learn(ok);
  call.acknowledge(invite);
  bob.recorder.wait(session, "SIPSessionDidFail");
  call.reply(sip.expect("BYE"), 200, "OK");
  BOOST_CHECK_EQUAL(told(bob, session, "SIPSessionDidEnd"), 1);
}

BOOST_AUTO_TEST_SUITE_END()
