// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/data/test_case.hpp>

#include "base/error.h"
#include "base/text.h"
#include "tests/unit/msrp/chat_ends.h"

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace ends;
using msrp::Letter;
using msrp::Request;

BOOST_AUTO_TEST_SUITE(chat)

BOOST_FIXTURE_TEST_CASE(a_message_goes_across_and_is_delivered, Pair) {
  const std::string early = a.send(letter("queued before the connection"));
  a.connect(now);
  b.connect(now);
  run();
  BOOST_TEST(a.events() == "DidBind\ndelivered " + early + " 200\n");
  BOOST_TEST(b.events() == "DidBind\nGotMessage text/plain queued before the connection\n");
  const std::string id = b.send(letter("and back"));
  run();
  BOOST_TEST(a.events() == "GotMessage text/plain and back\n");
  BOOST_TEST(b.events() == "delivered " + id + " 200\n");
  BOOST_TEST(!a.deadline().has_value());
  BOOST_TEST(!b.deadline().has_value());
  BOOST_TEST(a.chat.counters().sent_bytes == b.chat.counters().received_bytes);
}

BOOST_FIXTURE_TEST_CASE(all_byte_values_and_sizes_come_across_exactly, Pair) {
  bind();
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (const std::size_t size : {0, 1, 255, 2047, 2048, 2049, 16384, 16385, 99'000}) {
    std::string content;
    while (content.size() < size) content += bytes + "\r\n-------";
    content.resize(size);
    a.send(letter(content, "text/x"));
    run();
    auto event = b.chat.next_event();
    BOOST_REQUIRE(event.has_value());
    BOOST_TEST((std::get<msrp::GotMessage>(*event).content == content));
    BOOST_TEST(a.events().starts_with("delivered "));
  }
}

BOOST_FIXTURE_TEST_CASE(many_messages_both_ways_each_come_once_and_get_one_verdict, Pair) {
  bind();
  std::size_t sent = 0, verdicts = 0, got = 0;
  for (int round = 0; round < 300; ++round) {
    for (End* end : {&a, &b}) {
      end->send(letter(std::string(random() % 10 == 0 ? random() % 90'000 : random() % 100, 'x')));
      ++sent;
    }
    exchange();
    if (round % 50 == 49) run();
    for (End* end : {&a, &b})
      while (const auto event = end->chat.next_event()) {
        const auto* verdict = std::get_if<msrp::Verdict>(&*event);
        if (verdict) BOOST_REQUIRE(verdict->delivered);
        verdicts += verdict ? 1 : 0;
        got += std::holds_alternative<msrp::GotMessage>(*event) ? 1 : 0;
      }
  }
  BOOST_TEST(verdicts == sent);
  BOOST_TEST(got == sent);
  BOOST_TEST(a.budget.used == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_short_message_overtakes_a_long_one, Pair) {
  bind();
  a.send(letter(std::string(90'000, 'l')));
  exchange();
  a.send(letter("short"));
  run();
  BOOST_TEST(b.events().starts_with("GotMessage text/plain short\nGotMessage text/plain lll"));
}

// The names are the longest that SIP and the settings let through.
BOOST_FIXTURE_TEST_CASE(a_content_of_the_largest_size_comes_across_in_the_largest_wrapper, Pair) {
  bind();
  const auto send = [&](std::size_t size) {
    Letter large = letter(std::string(size, 'x'), "text/" + std::string(250, 'p'));
    large.from = {std::string(255, '"'), "sip:" + std::string(996, 'a')};
    large.to = {base::to_display(std::string(4096, '\xff')), "sip:" + std::string(996, 'b')};
    return a.send(std::move(large));
  };
  const std::string good = send(100'000);
  run();
  BOOST_TEST(a.events() == "delivered " + good + " 200\n");
  BOOST_TEST(b.events() == "GotMessage text/" + std::string(250, 'p') + " " + std::string(100, 'x') + "\n");
  const std::string bad = send(100'001);
  run();
  BOOST_TEST(a.events() == "lost " + bad + " 413\n");
  BOOST_TEST(b.events() == "");
  BOOST_TEST(b.budget.used == 0u);
}

BOOST_FIXTURE_TEST_CASE(what_the_peer_does_not_take_is_refused_with_a_verdict, Pair) {
  auto with = options(true);
  with.remote_accepted = {{"text/plain"}, {}};
  with.remote_max_size = 10;
  End end(with);
  const std::string html = end.send(letter("x", "text/html"));
  const std::string large = end.send(letter("more than ten"));
  Letter other = letter("x");
  other.to_another = true;
  const std::string third = end.send(std::move(other));
  end.chat.send_composing({true, "", 0, ""}, letter(""));
  const std::string good = end.send(letter("bare"));
  BOOST_TEST(end.events() == "lost " + html + " 415\nlost " + large + " 413\nlost " + third + " 415\n");
  end.connect(now);
  b.connect(now);
  give(b, end.take_output(now));
  give(end, b.take_output(now));
  const std::string bytes = end.take_output(now);
  BOOST_TEST(bytes.find("Content-Type: text/plain\r\n\r\nbare\r\n") != bytes.npos);
  BOOST_TEST(read_whole(bytes).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_would_leave_its_place_is_refused_and_nothing_is_queued, Pair) {
  bind();
  const auto is_invalid = [](const base::Error& error) { return error.code() == base::Errc::invalid_argument; };
  BOOST_CHECK_EXCEPTION(a.send(letter("x", "text/plain\r\nX: y")), base::Error, is_invalid);
  BOOST_CHECK_EXCEPTION(a.send(letter("x", "")), base::Error, is_invalid);
  BOOST_CHECK_EXCEPTION(a.send(letter("x", "text/plain\0"s)), base::Error, is_invalid);
  Letter bad = letter("x");
  bad.to.uri = "sip:bob@example.com>\r\nSubject: evil";
  BOOST_CHECK_EXCEPTION(a.send(bad), base::Error, is_invalid);
  BOOST_TEST(a.take_output(now).empty());
  BOOST_TEST(a.events().empty());
  // A name can hold anything.
  Letter odd = letter("x");
  odd.from.name = "A\r\nSubject: evil\r\n\r\n\0"s;
  a.send(odd);
  run();
  const auto event = b.chat.next_event();
  BOOST_TEST(std::get<msrp::GotMessage>(*event).wrapper->subjects.empty());
  BOOST_TEST(std::get<msrp::GotMessage>(*event).wrapper->from->name == "A\r\nSubject: evil\r\n\r\n\ufffd");
}

BOOST_FIXTURE_TEST_CASE(composing_is_told_and_never_shown_as_a_message, Pair) {
  bind();
  a.chat.send_composing({true, "text/plain", 90, ""}, letter(""));
  a.link.wake(a.chat);
  run();
  a.send(letter(msrp::to_text(msrp::Composing{}), std::string(msrp::composing_type)));
  run();
  BOOST_TEST(b.events() == "GotComposing active\nGotComposing idle\n");
  BOOST_TEST(a.events().starts_with("delivered"));
}

struct Peers {
  std::vector<std::string> wrapped;
  bool told;
};
std::ostream& operator<<(std::ostream& out, const Peers& row) { return out << row.wrapped.size() << row.told; }
const std::vector<Peers> who_takes_wrappers_only{
    {{}, false}, {{"text/*"}, false}, {{"text/*", "application/im-iscomposing+xml"}, true}, {{"*"}, true}};

BOOST_DATA_TEST_CASE_F(Pair, composing_goes_in_a_wrapper_to_who_takes_it_there_only,
                       data::make(who_takes_wrappers_only), row) {
  auto with = options(true);
  with.remote_accepted = {{"message/cpim"}, row.wrapped};
  End end(with);
  end.chat.send_composing({true, "", 0, ""}, letter("?"));
  end.connect(now);
  b.connect(now);
  give(b, end.take_output(now));
  give(end, b.take_output(now));
  give(b, end.take_output(now));
  BOOST_TEST(b.events() == (row.told ? "DidBind\nGotComposing active\n" : "DidBind\n"));
  BOOST_TEST(end.events() == "DidBind\n");
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_is_lost_loses_each_message_once, Pair) {
  bind();
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(a.send(letter(std::string(i % 4 == 0 ? 50'000 : 10, 'x'))));
  for (int i = 0; i < 5; ++i) exchange();
  std::string events = a.events();
  a.chat.end(0, "the connection was lost");
  events += a.events();
  a.chat.end(0, "again");
  now += 1h;
  a.expire(now);
  give(a, b.take_output(now));
  events += a.events();
  for (const std::string& id : ids) {
    const auto first = events.find(" " + id + " ");
    BOOST_TEST(first != events.npos);
    BOOST_TEST(events.find(" " + id + " ", first + 1) == events.npos);
  }
  const std::string late = a.send(letter("too late"));
  BOOST_TEST(a.events() == "lost " + late + " 0\n");
  b.chat.end(0, "");
  BOOST_TEST(b.budget.used == 0u);
}

BOOST_FIXTURE_TEST_CASE(another_session_is_481_and_another_connection_506, Pair) {
  auto first = read_whole("MSRP abcd SEND\r\n" +
                          crlf("To-Path: msrp://b:2/bob;tcp\nFrom-Path: msrp://a:1/alice;tcp\nMessage-ID: m\n"
                               "-------abcd$\n"));
  Request request = std::get<Request>(first[0].head);
  BOOST_TEST(b.chat.admit(request) == 200u);
  for (const char* path : {"msrp://b:2/Bob;tcp", "msrp://b:2;tcp", "msrp://b:3/bob;tcp", "msrps://b:2/bob;tcp",
                           "msrp://c:2/bob;tcp", "msrp://b:2/bob;ws", "msrp://r/1;tcp msrp://b:2/bob;tcp"}) {
    Request wrong = request;
    wrong.headers.to_path = *msrp::path_from_text(path);
    BOOST_TEST(b.chat.admit(wrong) == 481u);
  }
  Request wrong = request;
  wrong.headers.from_path = *msrp::path_from_text("msrp://a:1/mallory;tcp");
  BOOST_TEST(b.chat.admit(wrong) == 481u);
  wrong = request;
  wrong.method = "AUTH";
  BOOST_TEST(b.chat.admit(wrong) == 481u);
  // Through relays of the peer.
  request.headers.from_path = *msrp::path_from_text("msrp://r:9/x;tcp msrp://a:1/alice;tcp");
  BOOST_TEST(b.chat.admit(request) == 200u);
  bind();
  BOOST_TEST(b.chat.admit(request) == 506u);
  b.chat.end(0, "");
  BOOST_TEST(b.chat.admit(request) == 481u);
}

BOOST_FIXTURE_TEST_CASE(a_refused_binding_fails_and_so_do_the_messages, Pair) {
  const std::string id = a.send(letter("x"));
  a.connect(now);
  const auto told = read_whole(a.take_output(now));
  BOOST_TEST(summary(told).starts_with("SEND "));
  std::string out;
  msrp::write(msrp::answer(std::get<Request>(told[0].head), 481), out);
  give(a, out);
  BOOST_TEST(a.events() == "lost " + id + " 481\nDidFail 481 the peer refuses the session: No Such Session\n");
}

BOOST_FIXTURE_TEST_CASE(a_binding_that_never_comes_fails_in_30_seconds, Pair) {
  a.connect(now);
  b.connect(now);
  a.take_output(now);
  BOOST_TEST((b.deadline() == now + 30s));
  now += 30s;
  a.expire(now);
  b.expire(now);
  BOOST_TEST(a.events() == "DidFail 408 the peer does not take up the session\n");
  BOOST_TEST(b.events() == "DidFail 408 the peer does not take up the session\n");
}

BOOST_FIXTURE_TEST_CASE(requests_of_the_owner_share_the_connection, Pair) {
  bind();
  a.send(letter("before"));
  Request request{"login1", "AUTH", {}};
  request.headers.to_path = *msrp::path_from_text("msrp://b:2/bob;tcp");
  request.headers.from_path = *msrp::path_from_text("msrp://a:1/alice;tcp");
  a.chat.send_request(request);
  a.link.wake(a.chat);
  run();
  const std::string events = a.events();
  BOOST_TEST(events.find("GotAnswer 501\n") != events.npos);
  BOOST_TEST(events.find("delivered ") != events.npos);
}

BOOST_AUTO_TEST_SUITE_END()
