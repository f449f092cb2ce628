// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <random>

#include "tests/unit/account/registrant.h"

using namespace account;
using namespace std::chrono_literals;
using test::contact_uri;

BOOST_FIXTURE_TEST_SUITE(registration, test::Registrant)

BOOST_AUTO_TEST_CASE(it_looks_up_sends_and_is_registered) {
  BOOST_TEST(registration.idle());
  BOOST_TEST(state() == "none");
  BOOST_TEST(start() == "look up");
  BOOST_TEST(state() == "registering");
  BOOST_TEST(found(2) == "send r1 600");
  BOOST_TEST(registration.status().route.host == "r1");
  BOOST_TEST(sent.contact == contact_uri);
  BOOST_TEST(answer({.code = 200, .reason = "OK", .contacts = {{"sip:x@y", 60}, {contact_uri, 300}}, .expires = 100}) ==
             "succeed 200 300");
  const RegistrationStatus& status = registration.status();
  BOOST_TEST(state() == "registered");
  BOOST_TEST(status.code == 200u);
  BOOST_TEST(status.reason == "OK");
  BOOST_TEST(status.contacts.size() == 2u);
  BOOST_TEST((status.expires == now + 300s));
  BOOST_TEST((status.next_try == now + 150s));
}

BOOST_AUTO_TEST_CASE(what_is_granted_is_read_from_the_contact_then_the_header_then_what_we_asked) {
  for (const auto& [own, header, expected] :
       {std::tuple{std::optional(50u), std::optional(100u), "succeed 200 50"},
        std::tuple{std::optional<unsigned>{}, std::optional(100u), "succeed 200 100"},
        std::tuple{std::optional<unsigned>{}, std::optional<unsigned>{}, "succeed 200 600"}}) {
    start();
    found(1);
    BOOST_TEST(answer({.code = 200, .reason = "OK", .contacts = {{contact_uri, own}}, .expires = header}) == expected);
  }
  // 0: the registrar chooses.
  asked = 0;
  start();
  BOOST_TEST(found(1) == "send r1 -");
  BOOST_TEST(answer({.code = 200, .reason = "OK", .contacts = {{contact_uri, {}}}}) == "succeed 200 3600");
}

BOOST_AUTO_TEST_CASE(a_refresh_looks_up_again_while_it_stays_registered) {
  start();
  found(1);
  granted(600);
  BOOST_TEST(pass(299s) == "");
  BOOST_TEST(pass(1s) == "look up");
  BOOST_TEST(state() == "registered");
  BOOST_TEST(found(1) == "send r1 600");
  BOOST_TEST(state() == "registered");
  BOOST_TEST(granted(600) == "succeed 200 600");
}

BOOST_AUTO_TEST_CASE(the_time_of_a_refresh) {
  for (const auto& [seconds, expected] : {std::pair{600u, 300s}, std::pair{60u, 30s}, std::pair{20u, 10s},
                                          std::pair{11u, 5s}, std::pair{10u, 5s}, std::pair{2147483648u, 43200s}}) {
    start();
    found(1);
    granted(seconds);
    const Moment delay = registration.status().next_try.value() - now;
    BOOST_TEST(delay.count() >= Moment(expected).count());
    BOOST_TEST(delay.count() <= Moment(expected + 1s).count());
  }
  // Those of many accounts are not all at once, and none is too early.
  chance = 1;
  start();
  found(1);
  granted(600);
  BOOST_TEST((registration.status().next_try.value() - now == 270s));
  start();
  found(1);
  granted(10);
  BOOST_TEST((registration.status().next_try.value() - now == 5s));
}

BOOST_AUTO_TEST_CASE(the_refreshes_of_a_thousand_accounts_are_spread) {
  constexpr int accounts = 1000;
  std::map<std::int64_t, int> in_second;
  std::mt19937 random(1);  // the same in every run
  for (int i = 0; i < accounts; ++i) {
    test::Registrant one;
    one.chance = std::uniform_real_distribution<double>(0, 1)(random);
    one.start();
    one.found(1);
    one.granted(3600);
    ++in_second[one.patience() / 1s];
  }
  // Over the tenth of their time that the chance moves them.
  BOOST_TEST(in_second.begin()->first >= 1620);
  BOOST_TEST(in_second.rbegin()->first <= 1800);
  BOOST_TEST(in_second.rbegin()->first - in_second.begin()->first > 150);
  for (const auto& [second, count] : in_second) BOOST_TEST(count < 20);
}

BOOST_AUTO_TEST_CASE(a_registrar_that_grants_next_to_nothing_is_not_hammered) {
  start();
  for (unsigned i = 0; i < 100; ++i) {
    found(1);
    granted(1);
    BOOST_TEST(pass(9999ms) == "end 0 expired");
    BOOST_TEST(pass(1ms) == "look up");
  }
}

BOOST_AUTO_TEST_CASE(a_failed_lookup_is_told_and_tried_again_later_and_later) {
  BOOST_TEST(start() == "look up");
  registration.found({{}, "no such domain"}, now);
  BOOST_TEST(told() == "fail 0 next= delay=1000");
  BOOST_TEST(registration.status().reason == "DNS lookup failed: no such domain");
  BOOST_TEST(state() == "failed");
  BOOST_TEST((registration.status().next_try == now + 1s));
  BOOST_TEST(pass(1s) == "look up");
  BOOST_TEST(state() == "registering");
  registration.found({{}, "no such domain"}, now);
  BOOST_TEST(told() == "fail 0 next= delay=2000");
  BOOST_TEST(pass(2s) == "look up");
  // One that never answers.
  BOOST_TEST(pass(10s) == "fail 0 next= delay=4000");
}

BOOST_AUTO_TEST_CASE(the_back_off_doubles_to_thirty_seconds_with_jitter_up_to_twice_that) {
  for (const double luck : {0.0, 1.0}) {
    chance = luck;
    registration.stop(now);
    told();
    start();
    for (const unsigned wait : {1u, 2u, 4u, 8u, 16u, 30u, 30u}) {
      found(1);
      const auto delay = static_cast<unsigned>(wait * (1 + luck)) * 1000;
      BOOST_TEST(answer(500) == "fail 500 next= delay=" + std::to_string(delay));
      BOOST_TEST(pass(Moment(delay)) == "look up");
    }
  }
  // A success ends it.
  chance = 0;
  found(1);
  granted(600);
  pass(300s);
  found(1);
  BOOST_TEST(answer(500) == "fail 500 next= delay=1000");
}

BOOST_AUTO_TEST_CASE(the_next_route_is_tried_at_once) {
  start();
  found(3);
  BOOST_TEST(answer(503) == "fail 503 next=r2 delay=0, send r2 600");
  BOOST_TEST(answer({.reason = "connection refused"}) == "fail 0 next=r3 delay=0, send r3 600");
  BOOST_TEST(answer(500) == "fail 500 next= delay=1000");
  BOOST_TEST(pass(1s) == "look up");
  // From the first one again.
  BOOST_TEST(found(2) == "send r1 600");
}

BOOST_AUTO_TEST_CASE(each_route_has_from_one_to_ten_seconds_and_all_together_thirty) {
  start();
  found(9);
  BOOST_TEST((patience() == 10s));
  BOOST_TEST(pass(10s) == "fail 0 next=r2 delay=0, send r2 600");
  BOOST_TEST(pass(10s) == "fail 0 next=r3 delay=0, send r3 600");
  BOOST_TEST(answer(500) == "fail 500 next=r4 delay=0, send r4 600");
  BOOST_TEST(pass(9600ms) == "");
  BOOST_TEST(answer(500) == "fail 500 next=r5 delay=0, send r5 600");
  BOOST_TEST((patience() == 1s));
  BOOST_TEST(pass(1s) == "fail 0 next= delay=1000");
}

BOOST_AUTO_TEST_CASE(a_late_answer_changes_nothing) {
  start();
  found(1);
  pass(10s);
  BOOST_TEST(granted(600) == "");
  BOOST_TEST(state() == "failed");
  BOOST_TEST(found(1) == "");
}

BOOST_AUTO_TEST_CASE(a_wrong_password_and_the_like_wait_one_to_two_minutes_and_try_no_other_route) {
  for (const unsigned code : {401u, 407u, 403u, 404u}) {
    chance = 0;
    start();
    found(2);
    BOOST_TEST(answer(code) == "fail " + std::to_string(code) + " next= delay=60000");
    chance = 1;
    BOOST_TEST(pass(60s) == "look up");
    found(2);
    BOOST_TEST(answer(code) == "fail " + std::to_string(code) + " next= delay=120000");
  }
}

BOOST_AUTO_TEST_CASE(retry_after_is_obeyed_when_no_route_is_left) {
  start();
  found(2);
  BOOST_TEST(answer({.code = 503, .reason = "Busy", .retry_after = 45}) == "fail 503 next=r2 delay=0, send r2 600");
  BOOST_TEST(answer({.code = 503, .reason = "Busy", .retry_after = 45}) == "fail 503 next= delay=45000");
  pass(45s);
  found(1);
  // Within reason.
  BOOST_TEST(answer({.code = 503, .reason = "Busy", .retry_after = 4000000}) == "fail 503 next= delay=3600000");
}

BOOST_AUTO_TEST_CASE(an_interval_that_is_too_brief_is_raised_once) {
  start();
  found(1);
  BOOST_TEST(answer({.code = 423, .reason = "Interval Too Brief", .min_expires = 1800}) == "send r1 1800");
  BOOST_TEST(granted(1800) == "succeed 200 1800");
  // And from then on asked for at once; also where the stack raised it.
  pass(900s);
  BOOST_TEST(found(1) == "send r1 1800");
  answer({.code = 200, .reason = "OK", .contacts = {{contact_uri, 2400}}, .min_expires = 2400});
  start();
  BOOST_TEST(found(1) == "send r1 2400");
  BOOST_TEST(answer({.code = 423, .reason = "Interval Too Brief", .min_expires = 2500}) == "send r1 2500");
  BOOST_TEST(answer({.code = 423, .reason = "Interval Too Brief", .min_expires = 2600}) == "fail 423 next= delay=1000");
  // One that says nothing, or the impossible.
  pass(1s);
  found(1);
  BOOST_TEST(answer(423) == "fail 423 next= delay=2000");
  pass(2s);
  found(1);
  BOOST_TEST(answer({.code = 423, .reason = "Interval Too Brief", .min_expires = 0xffffffff}) == "send r1 86400");
}

BOOST_AUTO_TEST_CASE(a_redirection_is_followed_once) {
  start();
  found(2);
  const sip::RegisterAnswer moved{
      .code = 302, .reason = "Moved", .contacts = {{"mailto:a@b", {}}, {"sip:other.example;transport=tcp", {}}}};
  BOOST_TEST(answer(moved) == "look up sip:other.example;transport=tcp");
  BOOST_TEST(found(1) == "send r1 600");
  BOOST_TEST(sent.registrar == "sip:other.example;transport=tcp");
  BOOST_TEST(answer(moved) == "fail 302 next= delay=1000");
  // The next attempt begins at our own registrar.
  BOOST_TEST(pass(1s) == "look up");
  found(1);
  BOOST_TEST(sent.registrar == "");
  BOOST_TEST(answer(302) == "fail 302 next= delay=2000");
}

BOOST_AUTO_TEST_CASE(a_success_without_our_contact_is_none) {
  start();
  found(1);
  BOOST_TEST(answer(200) == "fail 200 next= delay=1000");
  BOOST_TEST(registration.status().reason == "the registrar did not keep our contact");
  pass(1s);
  found(1);
  BOOST_TEST(answer({.code = 200, .reason = "OK", .contacts = {{"sip:other@192.0.2.1:5060", 60}}}) ==
             "fail 200 next= delay=2000");
  pass(2s);
  found(1);
  BOOST_TEST(granted(0) == "fail 200 next= delay=4000");
  pass(4s);
  found(1);
  // Behind a NAT the registrar may know it by another address.
  BOOST_TEST(answer({.code = 200, .reason = "OK", .contacts = {{"sip:abcdefgh@198.51.100.7:1024", 60}}}) ==
             "succeed 200 60");
  start();
  found(1);
  BOOST_TEST(answer(200) == "end 0 expired, fail 200 next= delay=1000");
}

BOOST_AUTO_TEST_CASE(a_binding_that_expires_is_told_and_the_attempts_go_on) {
  start();
  found(1);
  granted(60);
  BOOST_TEST(pass(30s) == "look up");
  found(1);
  BOOST_TEST(answer(401) == "fail 401 next= delay=60000");
  BOOST_TEST(state() == "failed");
  BOOST_TEST(registration.status().expires.has_value());
  BOOST_TEST(pass(30s) == "end 0 expired");
  BOOST_TEST(!registration.status().expires.has_value());
  BOOST_TEST(registration.status().contacts.empty());
  BOOST_TEST(pass(30s) == "look up");
}

BOOST_AUTO_TEST_CASE(a_binding_is_taken_back_and_its_end_told_with_the_answer) {
  start();
  found(2);
  answer(500);
  told();
  granted(600);
  BOOST_TEST(stop() == "send r2 0");
  BOOST_TEST(registration.ending());
  BOOST_TEST(answer(200) == "end 200 removed");
  BOOST_TEST(state() == "none");
  BOOST_TEST(registration.idle());
  BOOST_TEST(!registration.deadline().has_value());
  BOOST_TEST(stop() == "");
}

BOOST_AUTO_TEST_CASE(the_end_is_told_also_when_the_registrar_refuses_or_is_silent) {
  start();
  found(1);
  granted(600);
  stop();
  BOOST_TEST(answer(500) == "end 500 removed without consent");
  start();
  found(1);
  granted(600);
  stop();
  BOOST_TEST((patience() == 2s));
  BOOST_TEST(pass(2s) == "end 0 removed without consent");
  BOOST_TEST(registration.status().reason == "");
}

BOOST_AUTO_TEST_CASE(a_binding_that_could_not_be_taken_back_goes_with_the_next_one) {
  start();
  found(1);
  granted(600);
  stop();
  pass(2s);
  our_contact = "sip:abcdefgh@192.0.2.9:5060";
  start();
  found(1);
  BOOST_TEST(sent.former_contact == contact_uri);
  granted(600);
  pass(300s);
  found(1);
  BOOST_TEST(sent.former_contact == "");
  // Nor is one named that has expired.
  granted(60);
  stop();
  answer(500);
  our_contact = contact_uri;
  pass(60s);
  start();
  found(1);
  BOOST_TEST(sent.former_contact == "");
}

BOOST_AUTO_TEST_CASE(failures_are_swallowed_when_it_stops) {
  start();
  BOOST_TEST(stop() == "");
  BOOST_TEST(registration.idle());
  BOOST_TEST(found(1) == "");
  start();
  found(2);
  // It might have come to a binding: that is taken back, and nothing told.
  BOOST_TEST(stop() == "send r1 0");
  BOOST_TEST(answer(500) == "");
  BOOST_TEST(registration.idle());
  start();
  found(1);
  answer(500);
  told();
  BOOST_TEST(stop() == "");
  BOOST_TEST(pass(3600s) == "");
}

BOOST_AUTO_TEST_CASE(a_start_during_the_removal_comes_after_it) {
  start();
  found(1);
  granted(600);
  stop();
  BOOST_TEST(start() == "");
  BOOST_TEST(answer(200) == "end 200 removed, look up");
  found(1);
  granted(600);
  stop();
  start();
  stop();
  BOOST_TEST(answer(200) == "end 200 removed");
}

BOOST_AUTO_TEST_CASE(a_start_when_something_changed_begins_anew_at_once) {
  start();
  found(1);
  answer(401);
  told();
  BOOST_TEST(start() == "look up");
  found(1);
  granted(600);
  our_contact = "sip:abcdefgh@192.0.2.9:5060";
  start();
  BOOST_TEST(found(1) == "send r1 600");
  BOOST_TEST(sent.contact == our_contact);
  BOOST_TEST(sent.former_contact == contact_uri);
  granted(600);
  start();
  found(1);
  BOOST_TEST(sent.former_contact == "");
}

BOOST_AUTO_TEST_CASE(a_transport_without_a_contact_is_passed_over) {
  start();
  registration.found({{{"a", 5061, "tls"}, {"b", 5060, "udp"}}, {}}, now);
  BOOST_TEST(told() == "fail 0 next=b delay=0, send b 600");
}

BOOST_AUTO_TEST_CASE(it_waits_for_what_is_missing_and_says_so) {
  registration.wait("the password is locked away");
  BOOST_TEST(state() == "registering");
  BOOST_TEST(registration.status().reason == "the password is locked away");
  BOOST_TEST(pass(3600s) == "");
  BOOST_TEST(start() == "look up");
  registration.wait("the password is locked away");
  BOOST_TEST(found(1) == "");
  BOOST_TEST(stop() == "");
  BOOST_TEST(registration.idle());
}

BOOST_AUTO_TEST_SUITE_END()
