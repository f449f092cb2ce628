// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/unit/session/calls.h"

using namespace std::chrono_literals;
using namespace session;
using base::Errc;
using Numbers = std::vector<std::uint64_t>;

BOOST_FIXTURE_TEST_SUITE(session_manager, Calls)

BOOST_AUTO_TEST_CASE(a_session_has_a_number_that_is_never_used_again) {
  const std::uint64_t first = manager.create_session(*accounts.default_account()).number();
  manager.release(*manager.find(first));
  clock.advance(0ms);
  BOOST_TEST(!manager.find(first));
  BOOST_TEST(manager.create_session(*accounts.default_account()).number() == first + 1);
  BOOST_TEST((removed == Numbers{first}));
}

BOOST_AUTO_TEST_CASE(a_session_that_is_not_connected_is_dropped_after_a_minute) {
  Session& idle = manager.create_session(*accounts.default_account());
  const std::uint64_t number = idle.number();
  Session& used = manager.create_session(*accounts.default_account());
  used.connect("sip:bob@192.0.2.2", {}, audio_only);
  dialog().tell(sip::Answered{peer_audio(), {}});
  clock.advance(59999ms);
  BOOST_TEST(removed.empty());
  clock.advance(1ms);
  BOOST_TEST((removed == Numbers{number}));
  clock.advance(10min);
  BOOST_TEST((used.state() == State::established));
  BOOST_TEST(told().find("TERMINATED") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_thousand_sessions_may_wait_for_connect) {
  for (int i = 0; i < 1000; ++i) manager.create_session(*accounts.default_account());
  BOOST_TEST((refusal([&] { manager.create_session(*accounts.default_account()); }) == Errc::limit_reached));
  manager.find(1)->connect("sip:bob@192.0.2.2", {}, audio_only);
  manager.create_session(*accounts.default_account());
  manager.release(*manager.find(2));
  clock.advance(0ms);
  manager.create_session(*accounts.default_account());
  BOOST_TEST((refusal([&] { manager.create_session(*accounts.default_account()); }) == Errc::limit_reached));
  clock.advance(1min);
  BOOST_TEST(removed.size() == 1001u);
  manager.create_session(*accounts.default_account());
}

BOOST_AUTO_TEST_CASE(sessions_are_those_that_are_neither_null_nor_over) {
  manager.create_session(*accounts.default_account());
  Session& calling = outgoing();
  Session& called = incoming();
  BOOST_TEST((manager.sessions() == std::vector<const Session*>{&calling, &called}));
  dialog().tell(sip::Cancelled{});
  BOOST_TEST((manager.sessions() == std::vector<const Session*>{&calling}));
  calling.end(false);
  BOOST_TEST(manager.sessions().size() == 1u);
  clock.advance(1s);
  BOOST_TEST(manager.sessions().empty());
}

BOOST_AUTO_TEST_CASE(a_session_that_is_over_lingers) {
  settings.sessions.linger = 90;
  const std::uint64_t number = incoming().number();
  dialog().tell(sip::Cancelled{});
  clock.advance(89999ms);
  BOOST_TEST(manager.find(number));
  BOOST_TEST(shown(*last).end_reason.code == 487u);
  BOOST_TEST(shown(*last).remote_user_agent == "Phone 1");
  clock.advance(1ms);
  BOOST_TEST((removed == Numbers{number}));
}

BOOST_AUTO_TEST_CASE(release_is_for_sessions_that_do_nothing) {
  Session& session = incoming();
  BOOST_TEST((refusal([&] { manager.release(session); }) == Errc::invalid_state));
  session.end(false);
  BOOST_TEST((refusal([&] { manager.release(session); }) == Errc::invalid_state));
  dialog().tell(sip::Closed{});
  manager.release(session);
  manager.release(session);
  BOOST_TEST(removed.empty());
  clock.advance(0ms);
  BOOST_TEST(removed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_hundred_sessions_that_are_over_are_kept_at_most) {
  for (int i = 0; i < 100; ++i) {
    incoming();
    dialog().tell(sip::Cancelled{});
  }
  clock.advance(0ms);
  BOOST_TEST(removed.empty());
  // Many end in one turn of the loop.
  for (int i = 0; i < 30; ++i) {
    incoming();
    dialog().tell(sip::Cancelled{});
  }
  clock.advance(0ms);
  BOOST_TEST(removed.size() == 30u);
  BOOST_TEST(removed.front() == 1u);
  BOOST_TEST(manager.find(31));
}

BOOST_AUTO_TEST_CASE(sessions_max_refuses_calls_both_ways) {
  settings.sessions.max = 2;
  Session& first = incoming();
  outgoing();
  invite(peer_audio());
  BOOST_TEST(dialog().calls.front() == "refuse 486");
  Session& idle = manager.create_session(*accounts.default_account());
  BOOST_TEST((refusal([&] { idle.connect("sip:bob@h", {}, audio_only); }) == Errc::limit_reached));
  legs.dialogs.front()->tell(sip::Cancelled{});
  BOOST_TEST((first.state() == State::terminated));
  idle.connect("sip:bob@h", {}, audio_only);
  invite(peer_audio());
  BOOST_TEST(dialog().calls.front() == "refuse 486");
}

BOOST_AUTO_TEST_CASE(no_session_is_made_for_an_account_that_is_not_enabled) {
  account::Account& account = accounts.create_account("carol@example.com");
  BOOST_TEST((refusal([&] { manager.create_session(account); }) == Errc::account_disabled));
  BOOST_TEST(added.empty());
}

BOOST_AUTO_TEST_CASE(call_makes_and_connects_a_session) {
  BOOST_TEST((manager.call("sip:bob@192.0.2.2", audio_only).state() == State::calling));
  BOOST_TEST(dialog().invitation.target == "sip:bob@192.0.2.2");
  BOOST_TEST((refusal([&] { manager.call("bob", audio_only); }) == Errc::invalid_uri));
  BOOST_TEST(added.size() == 1u);
  BOOST_TEST((refusal([&] { manager.call("sip:bob@h", no_streams); }) == Errc::invalid_argument));
  clock.advance(0ms);
  BOOST_TEST((removed == Numbers{2}));
  accounts.set_default_account(nullptr);
  BOOST_TEST((refusal([&] { manager.call("sip:bob@h", audio_only); }) == Errc::no_such_account));
}

BOOST_AUTO_TEST_CASE(end_all_ends_each_session_and_calls_back_once) {
  outgoing();
  incoming();
  incoming_established();
  incoming().accept(audio_only);
  outgoing().end(false);
  manager.create_session(*accounts.default_account());
  forget();
  int ended = 0;
  manager.end_all([&] { ++ended; });
  BOOST_TEST(told() ==
             "CALLING>TERMINATING, WillEnd, INCOMING>TERMINATING, WillEnd, ESTABLISHED>TERMINATING, WillEnd, "
             "GotStreamUpdate, ACCEPTING>TERMINATING, WillEnd, GotStreamUpdate");
  for (const auto& one : legs.dialogs) {
    BOOST_TEST(ended == 0);
    one->tell(sip::Closed{});
  }
  BOOST_TEST(ended == 1);
  clock.advance(10s);
  BOOST_TEST(ended == 1);
}

BOOST_AUTO_TEST_CASE(end_all_without_sessions_calls_back_at_once) {
  bool ended = false;
  manager.end_all([&] { ended = true; });
  BOOST_TEST(ended);
}

BOOST_AUTO_TEST_CASE(end_all_waits_for_nobody_longer_than_a_second) {
  Session& session = incoming_established();
  session.start_recording_audio("");
  outgoing();
  bool ended = false;
  manager.end_all([&] { ended = true; });
  clock.advance(999ms);
  BOOST_TEST(!ended);
  sound();
  audio.sounds.front()->tell(media::RecordingStopped{});
  clock.advance(1ms);
  BOOST_TEST(ended);
}

BOOST_AUTO_TEST_CASE(nothing_begins_while_all_ends) {
  Session& idle = manager.create_session(*accounts.default_account());
  outgoing();
  manager.end_all([] {});
  BOOST_TEST((refusal([&] { idle.connect("sip:bob@h", {}, audio_only); }) == Errc::engine_not_running));
  invite(peer_audio());
  BOOST_TEST(dialog().calls.front() == "refuse 503");
  manager.set_legs(&legs);
  idle.connect("sip:bob@h", {}, audio_only);
  invite(peer_audio());
  BOOST_TEST(dialog().calls.front() == "ring");
}

BOOST_AUTO_TEST_CASE(a_manager_may_go_with_calls_in_every_state) {
  manager.create_session(*accounts.default_account());
  outgoing();
  incoming();
  incoming_established().hold();
  incoming_established().start_recording_audio("");
  incoming().accept(audio_only);
  outgoing().end(false);
}

BOOST_AUTO_TEST_SUITE_END()
