// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/bus/chat_stories.h"
#include "tests/support/sipp.h"

// Chats with a peer whose every byte is decided here: who connects, how messages come and go, and what is said of them.
BOOST_AUTO_TEST_SUITE(chat_peer)

using test::ChatLine;
using test::IncomingChat;
using test::OutgoingChat;
using test::received;
using test::send_message;
using test::Station;
using test::Story;
using test::verdict;

namespace {

constexpr const char* delivered = "DidDeliverMessage 200 OK";
const std::string bare = "text/plain text/html";

std::string long_text(std::size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size()) + " and on it goes\n";
  return text.substr(0, size);
}

// What the peer said of itself and saw, when nothing was to blame.
template <typename Chat>
void check_peer(Chat& run) {
  BOOST_CHECK_MESSAGE(run.chat.count("WRONG") == 0 && run.chat.count("FAULT") == 0, run.chat.said());
}

// One message each way, whoever connected.
template <typename Chat>
void exchange(Station& bob, Chat& run) {
  run.connect();
  run.chat.act("send id=first type=text/plain body=hello bob");
  const test::Received message = received(bob, run.session);
  BOOST_CHECK_EQUAL(message.content, "hello bob");
  BOOST_CHECK_EQUAL(message.type, "text/plain");
  BOOST_CHECK_EQUAL(message.cpim_headers, "{}");
  const std::string id = send_message(bob, run.session, "hello peer");
  const std::string line = run.chat.wait("MESSAGE " + id);
  BOOST_CHECK_MESSAGE(line.ends_with("hello peer"), line);
  BOOST_CHECK_EQUAL(verdict(bob, run.session, id), delivered);
  check_peer(run);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_peer_that_calls_connects_unless_it_says_otherwise) {
  Station bob({.more = test::plain_chat});
  for (const char* setup : {"actpass", "active", ""}) {
    BOOST_TEST_CONTEXT("a=setup:" << setup) {
      IncomingChat run(bob, {.setup = setup});
      BOOST_CHECK_EQUAL(run.ok.description_line("a=setup:"), "passive");
      exchange(bob, run);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_peer_that_calls_and_waits_is_connected_to) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob, {.setup = "passive"});
  BOOST_CHECK_EQUAL(run.ok.description_line("a=setup:"), "active");
  exchange(bob, run);
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_called_is_connected_to_unless_it_does_so) {
  Station bob({.more = test::plain_chat});
  for (const char* setup : {"passive", ""}) {
    BOOST_TEST_CONTEXT("a=setup:" << setup) {
      OutgoingChat run(bob, {.setup = setup});
      BOOST_CHECK_EQUAL(run.invite.description_line("a=setup:"), "actpass");
      exchange(bob, run);
    }
  }
  OutgoingChat run(bob, {.setup = "active"});
  run.chat.learn(run.invite);
  run.chat.bind();
  bob.wait(run.session, "GotStreamUpdate chat");
  check_peer(run);
}

// RFC 4975, 5.4.
BOOST_AUTO_TEST_CASE(a_peer_may_use_one_connection_for_several_sessions) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  {
    IncomingChat second(bob);
    second.chat.learn(second.ok);
    const std::string paths = " to=" + second.chat.remote() + " from=" + second.chat.path();
    run.chat.act("send id=binding range=1-0/0" + paths);
    bob.wait(second.session, "GotStreamUpdate chat");
    run.chat.act("send id=first" + paths + " body=for the second");
    BOOST_CHECK_EQUAL(received(bob, second.session).content, "for the second");
    const std::string id = send_message(bob, second.session, "from the second");
    run.chat.wait("MESSAGE " + id);
    second.call.send("BYE");
    second.sip.expect(200, "BYE");
    bob.wait(second.session, "DidEnd remote");
    run.chat.act("send id=late tid=late" + paths + " body=late");
    run.chat.wait("RESPONSE late 481");
  }
  run.chat.act("send id=first body=for the first");
  BOOST_CHECK_EQUAL(received(bob, run.session).content, "for the first");
  BOOST_CHECK_EQUAL(verdict(bob, run.session, send_message(bob, run.session, "back")), delivered);
}

BOOST_AUTO_TEST_CASE(a_peer_that_refuses_a_second_session_on_a_connection_gets_another_connection) {
  Station bob({.more = test::plain_chat});
  OutgoingChat run(bob, {.setup = "passive"});
  run.connect();
  run.chat.act("single");
  // The second one has the same host and port, and is not known there.
  test::SipPeer sip;
  const auto session = bob.client.create_session();
  bob.act(session, "Connect", sip.uri(), test::Routes{}, test::chat_only);
  const test::SipMessage invite = sip.expect("INVITE");
  test::PeerCall call(sip, invite, bob.port());
  std::string media = run.chat.media({.setup = "passive"});
  media.replace(media.find("peersession"), 11, "another");
  call.answer(invite, test::Sdp{.media = media}.text());
  bob.wait(session, "DidStart");
  const std::string id = send_message(bob, session, "kept");
  run.chat.wait("CONNECTED 2");
  const std::string line = run.chat.wait("MESSAGE " + id);
  BOOST_CHECK_MESSAGE(line.ends_with("kept"), line);
  BOOST_CHECK_EQUAL(verdict(bob, run.session, send_message(bob, run.session, "undisturbed")), delivered);
}

BOOST_AUTO_TEST_CASE(the_story_of_a_chat_has_its_end) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  run.call.send("BYE");
  run.sip.expect(200, "BYE");
  CHECK_STORY(bob, run.session,
              Story{"ChangedState NULL INCOMING", "NewIncoming chat", "ChangedState INCOMING ACCEPTING", "WillStart",
                    "ChangedState ACCEPTING ESTABLISHED", "DidStart", "GotStreamUpdate chat"} +
                  test::ended_by_peer);
  run.chat.wait("CLOSED 1");
}

BOOST_AUTO_TEST_CASE(the_first_request_may_bring_a_message_already) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.chat.learn(run.ok);
  run.chat.connect();
  run.chat.act("send id=first body=no time to lose");
  BOOST_CHECK_EQUAL(received(bob, run.session).content, "no time to lose");
  bob.wait(run.session, "GotStreamUpdate chat");
  run.chat.wait("RESPONSE peer0001 200");
  check_peer(run);
}

BOOST_AUTO_TEST_CASE(chunks_become_one_message_and_one_report) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  run.chat.act("send id=parts success=yes range=1-4/12 flag=+ body=one ");
  run.chat.act("send id=other body=between");
  run.chat.act("send id=parts success=yes range=5-*/12 flag=+ body=two ");
  run.chat.act("send id=parts success=yes range=9-12/12 flag=$ body=tree");
  BOOST_CHECK_EQUAL(received(bob, run.session).content, "between");
  BOOST_CHECK_EQUAL(received(bob, run.session, 2).content, "one two tree");
  BOOST_CHECK_EQUAL(run.chat.wait("REPORT"), "REPORT parts 000 200 OK 1-12/12");
  run.chat.act("send id=unsized success=yes range=1-*/* body=nobody counted");
  BOOST_CHECK_EQUAL(received(bob, run.session, 3).content, "nobody counted");
  run.chat.wait("REPORT unsized 000 200 OK");
  BOOST_CHECK_EQUAL(run.chat.count("REPORT"), 2);
  check_peer(run);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_given_up_is_forgotten) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  run.chat.act("send id=half success=yes range=1-4/8 flag=+ body=half");
  run.chat.act("send id=half success=yes range=5-4/8 flag=# body=");
  run.chat.act("send id=last success=yes body=whole");
  BOOST_CHECK_EQUAL(received(bob, run.session).content, "whole");
  run.chat.wait("REPORT last");
  BOOST_CHECK_EQUAL(run.chat.count("REPORT"), 1);
}

BOOST_AUTO_TEST_CASE(bytes_that_look_like_an_end_are_no_end) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  run.chat.act("send id=tricky tid=abcd body=-------abc$\\r\\n-------abcde$\\r\\n\\r\\n-------abcd\\r\\n-------abcd!");
  BOOST_CHECK_EQUAL(received(bob, run.session).content,
                    "-------abc$\r\n-------abcde$\r\n\r\n-------abcd\r\n-------abcd!");
  run.chat.act("send id=large fill=300000 type=text/plain");
  BOOST_CHECK_EQUAL(received(bob, run.session, 2).content.size(), 300000);
  check_peer(run);
}

BOOST_AUTO_TEST_CASE(a_long_message_of_ours_arrives_in_chunks_and_whole) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob, {.accept_types = bare});
  run.connect();
  const std::string text = long_text(200000);
  const std::string id = send_message(bob, run.session, text, "text/html");
  const std::string line = run.chat.wait("MESSAGE " + id);
  std::string shown;
  for (const char c : text) shown += c == '\n' ? "\\n" : std::string(1, c);
  BOOST_CHECK(line == "MESSAGE " + id + " text/html " + shown);
  BOOST_CHECK_GT(run.chat.count("GOT SEND " + id), 3);
  BOOST_CHECK_EQUAL(verdict(bob, run.session, id), delivered);
  check_peer(run);
}

BOOST_AUTO_TEST_CASE(a_wrapper_tells_who_writes_to_whom) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  const std::string own = run.sip.uri();
  run.chat.act("send id=wrapped type=message/cpim body=From: Peer <" + own + ">\\r\\nTo: <" + bob.uri() +
               ">\\r\\nDateTime: 2026-01-02T03:04:05Z\\r\\nSubject: a word\\r\\n\\r\\n"
               "Content-Type: text/html\\r\\n\\r\\n<b>hi</b>");
  const test::Received message = received(bob, run.session);
  BOOST_CHECK_EQUAL(message.content, "<b>hi</b>");
  BOOST_CHECK_EQUAL(message.type, "text/html");
  BOOST_CHECK_MESSAGE(message.cpim_headers.find("\"Subject\": \"a word\"") != std::string::npos, message.cpim_headers);
  BOOST_CHECK_MESSAGE(message.message.find("\"foreign_sender\": false") != std::string::npos, message.message);
  const std::string id = send_message(bob, run.session, "with a wrapper", "text/html", "sip:carol@example.com");
  const std::string line = run.chat.wait("MESSAGE " + id);
  for (const char* part : {" message/cpim ", "To: <sip:carol@example.com>\\r\\n",
                           "DateTime: ", "\\r\\n\\r\\nContent-Type: text/html\\r\\n\\r\\nwith a wrapper"})
    BOOST_CHECK_MESSAGE(line.find(part) != std::string::npos, line + "\nlacks " + part);
}

BOOST_AUTO_TEST_CASE(without_a_wrapper_only_the_peer_is_written_to) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob, {.accept_types = bare});
  run.connect();
  const std::string ours = send_message(bob, run.session, "bare");
  BOOST_CHECK(run.chat.wait("MESSAGE " + ours).ends_with(" text/plain bare"));
  for (const auto& [type, to] : {std::pair{"", "sip:carol@example.com"}, std::pair{"image/png", ""}}) {
    const std::string id = send_message(bob, run.session, "no", type, to);
    BOOST_CHECK(verdict(bob, run.session, id).starts_with("DidNotDeliverMessage 415 "));
  }
  BOOST_CHECK_EQUAL(run.chat.count("MESSAGE"), 1);
}

BOOST_AUTO_TEST_CASE(what_the_peer_says_of_a_message_is_told_once) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  run.chat.act("reports off");
  const auto told = [&](const std::string& answer, const std::vector<std::string>& reports) {
    run.chat.act("answer " + answer);
    const std::string id = send_message(bob, run.session, "what of this");
    run.chat.wait("MESSAGE " + id);
    for (const std::string& report : reports) run.chat.act("report id=" + id + " " + report);
    return verdict(bob, run.session, id);
  };
  BOOST_CHECK_EQUAL(told("200", {"status=200", "status=200", "status=413"}), delivered);
  BOOST_CHECK_EQUAL(told("200", {"status=413", "status=200"}), "DidNotDeliverMessage 413 Enough");
  BOOST_CHECK_EQUAL(told("415", {}), "DidNotDeliverMessage 415 Not this type");
  BOOST_CHECK_EQUAL(told("403", {"status=200"}), "DidNotDeliverMessage 403 No");
  BOOST_CHECK_EQUAL(told("none", {"status=200"}), delivered);
}

BOOST_AUTO_TEST_CASE(reports_and_answers_come_when_they_were_asked_for) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  run.chat.act("send id=quiet failure=no body=1");
  run.chat.act("send id=partly failure=partial success=yes body=2");
  run.chat.act("send id=refused failure=partial success=yes type=image/png body=3");
  run.chat.wait("REPORT partly 000 200 OK");
  run.chat.wait("RESPONSE peer0004 415");
  run.chat.act("send id=last body=4");
  run.chat.wait("RESPONSE peer0005 200");
  BOOST_CHECK_EQUAL(received(bob, run.session, 3).content, "4");
  BOOST_CHECK_EQUAL(run.chat.count("RESPONSE"), 3);  // the first is to the SEND that bound
  BOOST_CHECK_EQUAL(run.chat.count("REPORT"), 1);
}

BOOST_AUTO_TEST_CASE(who_is_writing_is_no_message) {
  Station bob({.more = test::plain_chat});
  IncomingChat run(bob);
  run.connect();
  const std::string notice =
      "<?xml version=\"1.0\"?><isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>active</state>"
      "<contenttype>text/plain</contenttype><refresh>90</refresh></isComposing>";
  run.chat.act("send id=writes type=message/cpim body=From: <" + run.sip.uri() + ">\\r\\nTo: <" + bob.uri() +
               ">\\r\\n\\r\\nContent-Type: application/im-iscomposing+xml\\r\\n\\r\\n" + notice);
  bob.wait(run.session, "GotComposingIndication active text/plain 90");
  // Without a wrapper, too.
  run.chat.act("send id=bare type=application/im-iscomposing+xml body=" + notice);
  bob.wait(run.session, "GotComposingIndication active text/plain 90", 2);
  bob.act(run.session, "SetComposing", true, 60u);
  const std::string line = run.chat.wait("MESSAGE");
  BOOST_CHECK_MESSAGE(line.find("application/im-iscomposing+xml") != std::string::npos, line);
  BOOST_CHECK_MESSAGE(line.find("<state>active</state>") != std::string::npos, line);
  bob.recorder.settle();
  const auto told = bob.recorder.members(run.session);
  BOOST_CHECK_EQUAL(std::count(told.begin(), told.end(), "SIPSessionGotMessage"), 0);
  BOOST_CHECK_EQUAL(std::count(told.begin(), told.end(), "SIPSessionDidDeliverMessage"), 0);
}

BOOST_AUTO_TEST_CASE(a_silent_peer_is_asked_whether_it_is_there_and_sees_no_message) {
  Station bob({.more = "msrp: { transport = \"tcp\"; keepalive_interval = 1; };\n"});
  IncomingChat run(bob);
  run.connect();
  for (int i = 0; i < 3; ++i) {
    const std::string line = run.chat.wait("GOT SEND");
    BOOST_CHECK_MESSAGE(line.ends_with(" 1-0/0 - - - $ -"), line);
  }
  BOOST_CHECK_EQUAL(run.chat.count("MESSAGE"), 0);
  check_peer(run);
}

BOOST_AUTO_TEST_CASE(the_settings_decide_where_chats_are_reached_and_what_is_taken) {
  const std::string port = std::to_string(test::free_port());
  Station bob({.more = "msrp: { transport = \"tcp\"; local_port = " + port + "; };\n" +
                       "chat: { accept_types = [\"message/cpim\", \"image/*\"]; accept_wrapped_types = "
                       "[\"text/html\"]; max_message_size = 200; };\n"});
  IncomingChat run(bob);
  run.connect();
  BOOST_CHECK_EQUAL(run.chat.remote_port(), port);
  BOOST_CHECK_EQUAL(run.ok.description_line("a=accept-types:"), "message/cpim image/*");
  BOOST_CHECK_EQUAL(run.ok.description_line("a=accept-wrapped-types:"), "text/html");
  BOOST_CHECK_EQUAL(run.ok.description_line("a=max-size:"), "16584");  // and a wrapper
  const auto code = [&](const std::string& request) {
    run.chat.act("send id=m " + request);
    const std::string line = run.chat.wait("RESPONSE");
    return line.substr(line.rfind(' ') + 1);
  };
  const auto wrapped = [](const std::string& type) {
    return "type=message/cpim body=From: <sip:a@b>\\r\\n\\r\\nContent-Type: " + type + "\\r\\n\\r\\nx";
  };
  BOOST_CHECK_EQUAL(code("type=text/plain body=x"), "415");
  BOOST_CHECK_EQUAL(code("type=image/png body=x"), "200");
  BOOST_CHECK_EQUAL(code(wrapped("text/plain")), "415");
  BOOST_CHECK_EQUAL(code(wrapped("text/html")), "200");
  BOOST_CHECK_EQUAL(code("type=image/png fill=200"), "200");
  BOOST_CHECK_EQUAL(code("type=image/png fill=201"), "413");
  BOOST_CHECK_EQUAL(test::Client::error_of([&] { send_message(bob, run.session, std::string(201, 'x')); }),
                    "LimitReached");
  // A second chat is reached on the same port.
  IncomingChat other(bob);
  other.connect();
  BOOST_CHECK_EQUAL(other.chat.remote_port(), port);
}

BOOST_AUTO_TEST_SUITE_END()
