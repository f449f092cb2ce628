// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/unit/msrp/chat_ends.h"

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace ends;
using msrp::Link;
using msrp::Request;

namespace {

msrp::ChatOptions options_of(const std::string& own, const std::string& peers, bool active) {
  msrp::ChatOptions result = options(active);
  result.local_path = *msrp::path_from_text(own);
  result.remote_path = *msrp::path_from_text(peers);
  return result;
}

// Two chats of alice on one connection to bob's two; bob's second one joins when it is asked for.
struct Shared {
  msrp::Time now{};
  End one{options_of("msrp://a:1/one;tcp", "msrp://b:2/one;tcp", true)};
  End two{options_of("msrp://a:1/two;tcp", "msrp://b:2/two;tcp", true)};
  End bobs_one{options_of("msrp://b:2/one;tcp", "msrp://a:1/one;tcp", false)};
  End bobs_two{options_of("msrp://b:2/two;tcp", "msrp://a:1/two;tcp", false)};
  enum class Second { here, awaited, unknown } second = Second::here;
  Link here;
  Link there{[this](const Request& request) { return admit(request); }};

  std::optional<unsigned> admit(const Request& request) {
    if (second == Second::unknown || bobs_two.chat.admit(request) != 200) return 481;
    if (second == Second::awaited) return {};
    there.add(bobs_two.chat);
    bobs_two.chat.connect(now, true);
    return 200;
  }

  Shared() {
    here.add(one.chat);
    there.add(bobs_one.chat);
    one.chat.connect(now);
    bobs_one.chat.connect(now);
    here.wake(one.chat);
    run();
    BOOST_TEST(one.events() + bobs_one.events() == "DidBind\nDidBind\n");
  }
  void join_second() {
    here.add(two.chat);
    two.chat.connect(now, true);
    here.wake(two.chat);
  }

  static std::string take(Link& link, msrp::Time now) {
    const std::string bytes(link.output(now));
    if (!bytes.empty()) link.written(bytes.size(), now);
    return bytes;
  }
  void give(Link& link, std::string_view bytes) {
    for (std::size_t size = 1; !bytes.empty(); size = size * 7 % 1009) {
      const std::string part(bytes.substr(0, size));
      bytes.remove_prefix(part.size());
      link.receive(part, now);
    }
  }
  bool exchange() {
    const std::string to_there = take(here, now), to_here = take(there, now);
    give(there, to_there);
    give(here, to_here);
    return !to_there.empty() || !to_here.empty();
  }
  void run() {
    while (exchange()) {
    }
  }
  std::string send(Link& link, End& end, const std::string& text) {
    std::string id = end.chat.send(letter(text));
    link.wake(end.chat);
    return id;
  }
};

const std::string to_two = crlf("To-Path: msrp://b:2/two;tcp\nFrom-Path: msrp://a:1/two;tcp\nMessage-ID: m\n");
const std::string to_one = crlf("To-Path: msrp://b:2/one;tcp\nFrom-Path: msrp://a:1/one;tcp\nMessage-ID: m\n");
const std::string text_type = "Content-Type: text/plain\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(links)

BOOST_FIXTURE_TEST_CASE(each_chat_hears_what_is_for_its_session, Shared) {
  join_second();
  run();
  BOOST_TEST(two.events() + bobs_two.events() == "DidBind\nDidBind\n");
  const std::string to_first = send(here, one, "for one"), to_second = send(here, two, "for two");
  const std::string back = send(there, bobs_two, "back to two");
  run();
  BOOST_TEST(bobs_one.events() == "GotMessage text/plain for one\n");
  BOOST_TEST(bobs_two.events() == "GotMessage text/plain for two\ndelivered " + back + " 200\n");
  BOOST_TEST(one.events() == "delivered " + to_first + " 200\n");
  BOOST_TEST(two.events() == "GotMessage text/plain back to two\ndelivered " + to_second + " 200\n");
  const auto bytes = [](const End& end) { return end.chat.counters(); };
  BOOST_TEST(bytes(one).sent_bytes == bytes(bobs_one).received_bytes);
  BOOST_TEST(bytes(two).sent_bytes == bytes(bobs_two).received_bytes);
  BOOST_TEST(bytes(bobs_two).sent_bytes == bytes(two).received_bytes);
}

BOOST_FIXTURE_TEST_CASE(touched_are_those_to_which_something_came, Shared) {
  join_second();
  run();
  here.take_touched();
  there.take_touched();
  send(here, two, "x");
  run();
  BOOST_TEST((here.take_touched() == std::vector<msrp::Chat*>{&two.chat}));
  BOOST_TEST((there.take_touched() == std::vector<msrp::Chat*>{&bobs_two.chat}));
  BOOST_TEST(here.take_touched().empty());
}

BOOST_FIXTURE_TEST_CASE(what_one_says_does_not_wait_for_the_end_of_what_the_other_says, Shared) {
  join_second();
  run();
  two.events();
  bobs_two.events();
  send(here, one, std::string(90'000, 'l'));
  send(here, two, "short");
  give(there, take(here, now));
  BOOST_TEST(bobs_one.events() == "");
  BOOST_TEST(bobs_two.events() == "GotMessage text/plain short\n");
  run();
  BOOST_TEST(bobs_one.events().starts_with("GotMessage text/plain lll"));
}

BOOST_FIXTURE_TEST_CASE(what_is_for_nobody_is_passed_over_and_told_so, Shared) {
  second = Second::unknown;
  give(there, "MSRP abcd SEND\r\n" + to_two + text_type + "MSRP abcd SEND\r\n-------abcd$\r\n");
  give(there, "MSRP efgh REPORT\r\n" + to_two + "Status: 000 200\r\n-------efgh$\r\n");
  give(there, "MSRP efgh SEND\r\n" + to_two + "Failure-Report: no\r\n" + text_type + "hi\r\n-------efgh$\r\n");
  give(there, "MSRP efgh 200 OK\r\n" + to_two + "-------efgh$\r\n");
  give(there, "MSRP ijkl SEND\r\n" + to_one + text_type + "hi\r\n-------ijkl$\r\n");
  BOOST_TEST(summary(read_whole(take(there, now))) == "481 abcd 0$\n200 ijkl 0$\n");
  BOOST_TEST(bobs_one.events() == "GotMessage text/plain hi\n");
}

BOOST_FIXTURE_TEST_CASE(what_is_for_nobody_is_not_endless, Shared) {
  second = Second::unknown;
  there.receive("MSRP abcd SEND\r\n" + to_two + text_type, now);
  const std::string part(1'000'000, 'x');
  std::size_t given = 0;
  for (; there.wants_bytes() && given < 3 * Link::most_refused; given += part.size()) there.receive(part, now);
  BOOST_TEST(given <= Link::most_refused + 2 * part.size());
  BOOST_TEST(bobs_one.events() == "DidFail 413 the peer goes on with what was refused\n");
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_refuses_a_second_session_here_loses_none_of_its_messages, Shared) {
  second = Second::unknown;
  two.chat.send(letter("kept"));
  join_second();
  run();
  BOOST_TEST(two.events() == "DidNotBind\n");
  here.remove(two.chat);
  BOOST_TEST(here.has(one.chat));
  // On a connection of its own, where it is known.
  Link alone, other_end;
  alone.add(two.chat);
  other_end.add(bobs_two.chat);
  two.chat.connect(now);
  bobs_two.chat.connect(now);
  alone.wake(two.chat);
  for (std::string bytes; !(bytes = take(alone, now)).empty();) {
    give(other_end, bytes);
    give(alone, take(other_end, now));
  }
  BOOST_TEST(bobs_two.events() == "DidBind\nGotMessage text/plain kept\n");
  BOOST_TEST(two.events().starts_with("DidBind\ndelivered "));
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_passes_a_second_session_over_is_waited_for_as_for_any_answer, Shared) {
  join_second();
  take(here, now);
  BOOST_TEST((two.chat.deadline() == now + 30s));
  now += 30s;
  two.chat.expire(now);
  BOOST_TEST(two.events() == "DidNotBind\n");
  BOOST_TEST(!two.chat.deadline().has_value());
  BOOST_TEST(one.events() == "");
}

BOOST_FIXTURE_TEST_CASE(a_session_that_is_awaited_is_waited_for_with_all_that_follows, Shared) {
  second = Second::awaited;
  give(there, "MSRP abcd SEND\r\n" + to_two + text_type + "first\r\n-------abcd$\r\nMSRP efgh SEND\r\n" + to_one +
                  text_type + "next\r\n-------efgh$\r\n");
  BOOST_TEST(there.holds());
  BOOST_TEST(!there.wants_bytes());
  BOOST_TEST(take(there, now) == "");
  there.resume(false, now);
  BOOST_TEST(there.holds());
  second = Second::here;
  there.resume(false, now);
  BOOST_TEST(!there.holds());
  BOOST_TEST(there.wants_bytes());
  BOOST_TEST(bobs_two.events() == "DidBind\nGotMessage text/plain first\n");
  BOOST_TEST(bobs_one.events() == "GotMessage text/plain next\n");
  BOOST_TEST(summary(read_whole(take(there, now))) == "200 abcd 0$\n200 efgh 0$\n");
}

BOOST_FIXTURE_TEST_CASE(a_session_that_never_comes_is_told_so_and_the_others_go_on, Shared) {
  second = Second::awaited;
  give(there, "MSRP abcd SEND\r\n" + to_two + text_type + "first\r\n-------abcd$\r\nMSRP efgh SEND\r\n" + to_one +
                  text_type + "next\r\n-------efgh$\r\n");
  there.resume(true, now);
  BOOST_TEST(bobs_two.events() == "");
  BOOST_TEST(bobs_one.events() == "GotMessage text/plain next\n");
  BOOST_TEST(summary(read_whole(take(there, now))) == "481 abcd 0$\n200 efgh 0$\n");
}

BOOST_FIXTURE_TEST_CASE(a_chat_that_leaves_in_the_middle_of_a_message_takes_nothing_with_it, Shared) {
  join_second();
  run();
  two.events();
  bobs_two.events();
  send(here, two, "not written");
  here.remove(two.chat);
  BOOST_TEST(take(here, now) == "");
  there.receive("MSRP abcd SEND\r\n" + to_two + text_type + "the beginning", now);
  there.remove(bobs_two.chat);
  second = Second::unknown;
  there.receive("and its end\r\n-------abcd$\r\nMSRP efgh SEND\r\n" + to_one + text_type + "hi\r\n-------efgh$\r\n",
                now);
  BOOST_TEST(bobs_two.events() == "");
  BOOST_TEST(bobs_one.events() == "GotMessage text/plain hi\n");
  BOOST_TEST(summary(read_whole(take(there, now))) == "200 efgh 0$\n");
  bobs_two.chat.end(0, "over");
  BOOST_TEST(bobs_two.budget.used == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_chat_that_fails_alone_leaves_the_others_undisturbed, Shared) {
  join_second();
  run();
  two.events();
  bobs_two.events();
  const std::string id = send(here, two, "x");
  const auto told = read_whole(take(here, now));
  std::string out;
  msrp::write(msrp::answer(std::get<Request>(told.at(0).head), 481), out);
  give(here, out);
  BOOST_TEST(two.events() == "lost " + id + " 481\nDidFail 481 the peer refuses the session: No Such Session\n");
  here.remove(two.chat);
  send(here, one, "still here");
  run();
  BOOST_TEST(bobs_one.events() == "GotMessage text/plain still here\n");
}

BOOST_FIXTURE_TEST_CASE(what_breaks_the_connection_breaks_all_its_chats, Shared) {
  join_second();
  run();
  bobs_two.events();
  there.take_touched();
  give(there, "GET / HTTP/1.1\r\n");
  const std::string failure = "DidFail 400 the start line is not one of MSRP\n";
  BOOST_TEST(bobs_one.events() == failure);
  BOOST_TEST(bobs_two.events() == failure);
  BOOST_TEST(there.take_touched().size() == 2u);
  two.events();
  send(here, two, "not taken");
  here.output(now);
  BOOST_TEST((here.deadline() == now + 30s));
  here.expire(now + 30s);
  BOOST_TEST(one.events() == "DidFail 408 the peer takes nothing\n");
  BOOST_TEST(two.events().ends_with("DidFail 408 the peer takes nothing\n"));
}

BOOST_FIXTURE_TEST_CASE(what_breaks_before_a_second_session_is_bound_does_not_break_that, Shared) {
  join_second();
  take(here, now);
  give(here, "GET / HTTP/1.1\r\n");
  BOOST_TEST(one.events() == "DidFail 400 the start line is not one of MSRP\n");
  BOOST_TEST(two.events() == "DidNotBind\n");
}

BOOST_FIXTURE_TEST_CASE(a_refusal_counts_though_the_connection_breaks_after_it, Shared) {
  second = Second::unknown;
  join_second();
  give(there, take(here, now));
  give(here, take(there, now) + "GET / HTTP/1.1\r\n");
  BOOST_TEST(two.events() == "DidNotBind\n");
}

// It keeps no memory that others need.
BOOST_FIXTURE_TEST_CASE(what_a_peer_has_begun_without_taking_up_the_session_is_forgotten, Shared) {
  join_second();
  take(here, now);
  here.receive(crlf("MSRP abcd SEND\nTo-Path: msrp://a:1/two;tcp\nFrom-Path: msrp://b:2/two;tcp\nMessage-ID: m\n") +
                   text_type + std::string(5000, 'x'),
               now);
  BOOST_TEST(two.budget.used > 0u);
  now = *two.chat.deadline();
  two.chat.expire(now);
  BOOST_TEST(two.events() == "DidNotBind\n");
  here.remove(two.chat);
  BOOST_TEST(two.budget.used == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
