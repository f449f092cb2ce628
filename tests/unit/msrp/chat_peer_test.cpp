// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/data/test_case.hpp>

#include "tests/unit/msrp/chat_ends.h"

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace ends;
using msrp::Link;
using msrp::Request;

// What a peer, written by hand here, may do to a chat.
BOOST_AUTO_TEST_SUITE(chat_peer)

struct Case {
  std::string what;
  std::string headers, body;
  std::string said;  // by us
  std::string events;
};
std::ostream& operator<<(std::ostream& out, const Case& row) { return out << row.what; }

const std::string text_type = "Content-Type: text/plain\n";
const std::vector<Case> cases{
    {"plain", text_type, "hi", "200 abcd 0$\n", "GotMessage text/plain hi\n"},
    {"with a report", text_type + "Success-Report: yes\n", "hi", "200 abcd 0$\nREPORT", "GotMessage text/plain hi\n"},
    {"partial", text_type + "Failure-Report: partial\n", "hi", "", "GotMessage text/plain hi\n"},
    {"no", text_type + "Failure-Report: no\n", "hi", "", "GotMessage text/plain hi\n"},
    {"no, with a report", text_type + "Failure-Report: no\nSuccess-Report: yes\n", "hi", "REPORT",
     "GotMessage text/plain hi\n"},
    {"a type that we do not take", "Content-Type: image/png\n", "hi", "415 abcd 0$\n", ""},
    {"that, with a report", "Content-Type: image/png\nSuccess-Report: yes\n", "hi", "415 abcd 0$\n", ""},
    {"that, partial", "Content-Type: image/png\nFailure-Report: partial\n", "hi", "415 abcd 0$\n", ""},
    {"that, no", "Content-Type: image/png\nFailure-Report: no\n", "hi", "", ""},
    {"a body without a type", "", "hi", "415 abcd 0$\n", ""},
    {"an empty body without a type", "", "", "200 abcd 0$\n", ""},
    {"too large by its total", text_type + "Byte-Range: 1-2/100001\n", "hi", "413 abcd 0$\n", ""},
    {"too large by its body", text_type, std::string(100'001, 'x'), "413 abcd 0$\n", ""},
    {"too large within cpim", "Content-Type: message/cpim\n",
     crlf("From: <sip:a@b>\n\nContent-Type: text/html\n\n") + std::string(100'001, 'x'), "413 abcd 0$\n", ""},
    {"too large with its cpim", "Content-Type: message/cpim\nByte-Range: 1-2/116385\n", "hi", "413 abcd 0$\n", ""},
    {"a range that is none", text_type + "Byte-Range: 0-2/2\n", "hi", "400 abcd 0$\n", ""},
    {"a header that is none", text_type + "Byte-Range: x\n", "hi", "400 abcd 0$\n", ""},
    {"cpim", "Content-Type: message/cpim\n", crlf("From: <sip:a@b>\n\nContent-Type: text/html\n\nhi"), "200 abcd 0$\n",
     "GotMessage text/html hi\n"},
    {"cpim that is none", "Content-Type: message/cpim\nSuccess-Report: yes\n", "hi", "400 abcd 0$\n", ""},
    {"composing that is none", "Content-Type: application/im-iscomposing+xml\n", "hi", "400 abcd 0$\n", ""},
};

BOOST_DATA_TEST_CASE(each_message_is_answered_as_it_asks_and_deserves, data::make(cases), row) {
  Peer peer;
  peer.send(row.headers, row.body);
  const std::string said = peer.said();
  if (row.said.ends_with("\n") || row.said.empty())
    BOOST_TEST(said == row.said);
  else
    BOOST_TEST((said.starts_with(row.said) &&
                std::count(said.begin(), said.end(), '\n') == std::count(row.said.begin(), row.said.end(), '\n') + 1));
  BOOST_TEST(peer.end.events() == row.events);
  BOOST_TEST(peer.end.budget.used == 0u);
  // The session goes on.
  peer.send(text_type, "next");
  BOOST_TEST(peer.said() == "200 abcd 0$\n");
  BOOST_TEST(peer.end.events() == "GotMessage text/plain next\n");
}

BOOST_AUTO_TEST_CASE(types_within_a_wrapper_have_a_list_of_their_own) {
  Peer peer;
  auto strict = options(false);
  strict.accepted.wrapped = {"text/plain"};
  strict.accepted.bare = {"message/cpim"};
  End end(strict);
  end.connect(peer.now);
  for (const auto& [type, code] : {std::pair{"text/plain", "200"}, std::pair{"image/png", "415"}}) {
    const std::string body = "From: <sip:a@b>\r\n\r\nContent-Type: "s + type + "\r\n\r\nhi";
    end.receive("MSRP abcd SEND\r\n" + peer.paths +
                    "Message-ID: m\r\nSuccess-Report: yes\r\n"
                    "Content-Type: message/cpim\r\n\r\n" +
                    body + "\r\n-------abcd$\r\n",
                peer.now);
    BOOST_TEST(end.take_output(peer.now).starts_with("MSRP abcd "s + code));
  }
  BOOST_TEST(end.events() == "DidBind\nGotMessage text/plain hi\n");
}

BOOST_FIXTURE_TEST_CASE(other_methods_are_unknown_and_reports_are_never_answered, Peer) {
  for (const char* method : {"AUTH", "NICKNAME", "DANCE"}) {
    give("MSRP abcd "s + method + "\r\n" + paths + "Use-Nickname: \"x\"\r\n-------abcd$\r\n");
    BOOST_TEST(said() == "501 abcd 0$\n");
  }
  for (const char* lines :
       {"Message-ID: m\nStatus: 000 200 OK\n", "Message-ID: m\nStatus: 000 400\nSuccess-Report: yes\n",
        "Message-ID: m\n", "", "Message-ID: m\nStatus: nonsense\n"})
    give("MSRP abcd REPORT\r\n" + paths + crlf(lines) + "-------abcd$\r\n");
  give(
      "MSRP abcd REPORT\r\nTo-Path: msrp://b:2/other;tcp\r\nFrom-Path: msrp://a:1/alice;tcp\r\nMessage-ID: m\r\n"
      "Status: 000 200\r\n-------abcd$\r\n");
  BOOST_TEST(said() == "");
  BOOST_TEST(end.events() == "");
}

BOOST_FIXTURE_TEST_CASE(another_path_within_the_connection_is_481, Peer) {
  for (const char* lines : {"To-Path: msrp://b:2/other;tcp\nFrom-Path: msrp://a:1/alice;tcp\n",
                            "To-Path: msrp://b:2/bob;tcp\nFrom-Path: msrp://a:1/mallory;tcp\n"}) {
    give("MSRP abcd SEND\r\n" + crlf(lines) +
         "Message-ID: m\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------abcd$\r\n");
    BOOST_TEST(said() == "481 abcd 0$\n");
  }
  BOOST_TEST(end.events() == "");
}

BOOST_FIXTURE_TEST_CASE(a_chunked_message_is_one_event_and_one_report, Peer) {
  send(text_type + "Success-Report: yes\nByte-Range: 3-4/4\n", "cd");
  send(text_type + "Success-Report: yes\nByte-Range: 1-2/4\n", "ab", '+');
  const auto all = told();
  BOOST_TEST(summary(all).starts_with("200 abcd 0$\n200 abcd 0$\nREPORT"));
  const Request& report = std::get<Request>(all.at(2).head);
  BOOST_TEST(report.headers.message_id == "m");
  BOOST_TEST(report.headers.byte_range->to_text() == "1-4/4");
  BOOST_TEST((report.headers.status == msrp::Status{200, "OK"}));
  BOOST_TEST(end.events() == "GotMessage text/plain abcd\n");
}

BOOST_FIXTURE_TEST_CASE(an_aborted_message_is_dropped_without_a_report, Peer) {
  send(text_type + "Success-Report: yes\nByte-Range: 1-2/4\n", "ab", '+');
  send(text_type + "Success-Report: yes\nByte-Range: 3-4/4\n", "cd", '#');
  BOOST_TEST(said() == "200 abcd 0$\n200 abcd 0$\n");
  BOOST_TEST(end.events() == "");
  BOOST_TEST(end.budget.used == 0u);
}

BOOST_FIXTURE_TEST_CASE(an_endless_body_is_told_so_at_once_and_closed_at_a_limit, Peer) {
  give("MSRP abcd SEND\r\n" + paths + "Message-ID: m\r\nContent-Type: text/plain\r\n\r\n");
  std::size_t given = 0;
  std::string answer, events;
  for (; given < 1'000'000 && events.empty(); given += 10'000) {
    give(std::string(10'000, 'x'));
    answer += said();
    events += end.events();
    BOOST_TEST(end.budget.used <= 100'000u);
  }
  BOOST_TEST(answer == "413 abcd 0$\n");
  BOOST_TEST(given <= 240'000u);
  BOOST_TEST(events == "DidFail 413 the peer goes on with what was refused\n");
  BOOST_TEST(end.budget.used == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_sends_a_byte_every_10_seconds_is_closed_in_30, Peer) {
  const std::string message = "MSRP abcd SEND\r\n" + paths;
  const msrp::Time begin = now;
  for (const char c : message) {
    give(std::string(1, c));
    if (!end.deadline() || now - begin > 60s) break;
    pass(10s);
  }
  BOOST_TEST(end.events() == "DidFail 408 the peer sends too slowly\n");
  BOOST_TEST((now - begin == 30s));
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_is_slow_but_goes_on_is_not_closed, Peer) {
  give("MSRP abcd SEND\r\n" + paths + "Message-ID: m\r\nContent-Type: text/plain\r\n\r\n");
  for (int i = 0; i < 60; ++i) {
    give(std::string(100, 'x'));
    pass(2s);
  }
  give("\r\n-------abcd$\r\n");
  BOOST_TEST(end.events().starts_with("GotMessage"));
  BOOST_TEST(!end.deadline().has_value());
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_reads_nothing_is_closed_in_30_seconds_with_a_bounded_queue, Peer) {
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(end.send(letter(std::string(20'000, 'x'))));
  BOOST_TEST(end.link.output(now).size() < Link::most_ahead + 2 * 16384);
  pass(30s);
  std::string expected;
  for (const std::string& id : ids) expected += "lost " + id + " 408\n";
  const std::string events = end.events();
  BOOST_TEST(std::count(events.begin(), events.end(), '\n') == 101);
  BOOST_TEST(events.ends_with("DidFail 408 the peer takes nothing\n"));
  for (const std::string& id : ids) BOOST_TEST(events.find("lost " + id + " 408\n") != events.npos);
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_sends_and_reads_nothing_is_not_read_any_more, Peer) {
  std::size_t given = 0;
  while (end.link.wants_bytes() && given < 100'000) {
    send(text_type, "x");
    ++given;
  }
  BOOST_TEST(given < 20'000u);
  BOOST_TEST(end.link.output(now).size() < Link::most_output + 1000);
  end.take_output(now);
  BOOST_TEST(end.link.wants_bytes());
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_answers_nothing_loses_one_message_after_the_other_and_then_is_closed, Peer) {
  const std::string id = end.send(letter("x"));
  end.take_output(now);
  pass(30s);
  BOOST_TEST(end.events() == "lost " + id + " 408\n");
  for (unsigned i = 0; i < 3 * msrp::most_unanswered; ++i) end.send(letter("x"));
  end.take_output(now);
  pass(30s);
  const std::string events = end.events();
  BOOST_TEST(std::count(events.begin(), events.end(), '\n') == 3 * msrp::most_unanswered + 1);
  BOOST_TEST(events.ends_with("DidFail 408 the peer answers nothing\n"));
}

BOOST_FIXTURE_TEST_CASE(what_is_no_msrp_closes_the_session, Peer) {
  const std::string id = end.send(letter("x"));
  give("GET / HTTP/1.1\r\n");
  BOOST_TEST(end.events() == "lost " + id + " 400\nDidFail 400 the start line is not one of MSRP\n");
  give("MSRP abcd SEND\r\n");
  BOOST_TEST(said() == "");
}

BOOST_FIXTURE_TEST_CASE(answers_to_nothing_of_ours_are_ignored, Peer) {
  const std::string id = end.send(letter("x"));
  const auto all = told();
  const std::string transaction = std::get<Request>(all.at(0).head).transaction;
  give("MSRP zzzz 400 no\r\n" + paths + "-------zzzz$\r\n");
  give("MSRP " + transaction + " 200 OK\r\nTo-Path: nonsense\r\n-------" + transaction + "$\r\n");
  BOOST_TEST(end.events() == "");
  give("MSRP " + transaction + " 403 no\r\n" + paths + "-------" + transaction + "$\r\n");
  give("MSRP " + transaction + " 200 OK\r\n" + paths + "-------" + transaction + "$\r\n");
  BOOST_TEST(end.events() == "lost " + id + " 403\n");
  BOOST_TEST(said() == "");
}

BOOST_DATA_TEST_CASE_F(Peer, a_peer_that_knows_the_session_no_more_loses_all_its_messages, data::make({481, 506}),
                       code) {
  const std::string one = end.send(letter("x")), other = end.send(letter("y"));
  const std::string transaction = std::get<Request>(told().at(0).head).transaction;
  const std::string text = std::to_string(code);
  give("MSRP zzzz " + text + " no\r\n" + paths + "-------zzzz$\r\n");
  BOOST_TEST(end.events() == "");
  give("MSRP " + transaction + " " + text + " gone\r\n" + paths + "-------" + transaction + "$\r\n");
  BOOST_TEST(end.events() == "lost " + one + " " + text + "\nlost " + other + " " + text + "\nDidFail " + text +
                                 " the peer refuses the session: gone\n");
}

BOOST_AUTO_TEST_CASE(a_silent_connection_is_asked_and_closed_if_nobody_answers) {
  Pair pair;
  auto with = options(true);
  with.keep_alive = 60s;
  End end(with);
  end.connect(pair.now);
  pair.b.connect(pair.now);
  pair.give(pair.b, end.take_output(pair.now));
  pair.give(end, pair.b.take_output(pair.now));
  BOOST_TEST(end.events() == "DidBind\n");
  pair.now += 60s;
  BOOST_TEST((end.deadline() == pair.now));
  end.expire(pair.now);
  pair.give(pair.b, end.take_output(pair.now));
  pair.give(end, pair.b.take_output(pair.now));
  BOOST_TEST(pair.b.events() == "DidBind\n");  // and no message
  pair.now += 60s;
  end.expire(pair.now);
  end.take_output(pair.now);
  pair.now += 30s;
  end.expire(pair.now);
  BOOST_TEST(end.events() == "DidFail 408 the peer does not answer\n");
}

BOOST_AUTO_TEST_CASE(relays_of_both_sides_are_in_the_path_of_what_is_sent) {
  auto with = options(true);
  with.local_path = *msrp::path_from_text("msrps://r1:9/x;tcp msrp://a:1/alice;tcp");
  with.remote_path = *msrp::path_from_text("msrps://r2:9/y;tcp msrp://b:2/bob;tcp");
  End end(with);
  end.connect({});
  const auto told = read_whole(end.take_output({}));
  const msrp::Headers& headers = std::get<Request>(told.at(0).head).headers;
  BOOST_TEST(msrp::to_text(headers.to_path) == "msrps://r1:9/x;tcp msrps://r2:9/y;tcp msrp://b:2/bob;tcp");
  BOOST_TEST(msrp::to_text(headers.from_path) == "msrp://a:1/alice;tcp");
}

BOOST_AUTO_TEST_SUITE_END()
