// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/error.h"
#include "tests/unit/msrp/network.h"

#include <algorithm>
#include <list>

using namespace network;

namespace {

// Two sessions that have heard of each other.
struct Two {
  World world;
  Site here{world}, there{world};
  Party alice{here}, bob{there};

  void start() {
    alice.stream->start(true, bob.as_remote());
    bob.stream->start(false, alice.as_remote());
  }
  void bind() {
    start();
    BOOST_TEST(alice.hears("DidBind\n"));
    BOOST_TEST(bob.hears("DidBind\n"));
  }
};

// One session of ours, which waits for a stranger.
struct One {
  World world;
  Site site{world};
  Party bob{site};

  Stranger visit() { return {world, site.engine.port()}; }
  Stranger bound() {
    bob.stream->start(false, Stranger::as_remote());
    Stranger stranger = visit();
    stranger.say(Stranger::request(bob.path()));
    BOOST_TEST(bob.hears("DidBind\n"));
    BOOST_TEST(stranger.hears("MSRP bind 200"));
    return stranger;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(engine)

BOOST_FIXTURE_TEST_CASE(two_ends_talk, Two) {
  bind();
  alice.say("hello");
  bob.say("hello yourself");
  BOOST_TEST(alice.hears("GotMessage hello yourself\n"));
  BOOST_TEST(bob.hears("GotMessage hello\n"));
  BOOST_TEST(alice.hears("delivered 200\n"));
  BOOST_TEST(bob.hears("delivered 200\n"));
  const msrp::ChatStatistics statistics = alice.stream->statistics();
  BOOST_TEST(statistics.transport == "tcp");
  BOOST_TEST(statistics.active);
  BOOST_TEST(statistics.remote_address == "127.0.0.1");
  BOOST_TEST(statistics.remote_port == there.engine.port());
  BOOST_TEST(statistics.counters.sent_messages == 1u);
  BOOST_TEST(msrp::to_text(statistics.remote_path) == bob.path());
}

BOOST_FIXTURE_TEST_CASE(what_is_said_before_the_connection_is_sent_by_it, Two) {
  alice.stream->start(true, bob.as_remote());
  alice.say("early");
  bob.stream->start(false, alice.as_remote());
  bob.say("early too");
  BOOST_TEST(bob.hears("DidBind\nGotMessage early\n"));
  BOOST_TEST(alice.hears("DidBind\nGotMessage early too\n"));
}

BOOST_FIXTURE_TEST_CASE(our_line_of_sdp_names_the_port_and_a_secret_session, One) {
  const msrp::LocalChat local = *bob.stream->local();
  BOOST_TEST(local.port == site.engine.port());
  BOOST_TEST(local.path.size() == 1u);
  BOOST_TEST(local.path[0].host == "127.0.0.1");
  BOOST_TEST(local.path[0].port == site.engine.port());
  BOOST_TEST(local.path[0].session_id.size() == 20u);
  BOOST_TEST(local.path[0].transport == "tcp");
  BOOST_TEST(!local.secure);
  Party another(site);
  BOOST_TEST(another.stream->local()->path[0].session_id != local.path[0].session_id);
  BOOST_TEST(another.stream->local()->port == local.port);
}

BOOST_AUTO_TEST_CASE(the_port_is_open_as_long_as_there_is_a_chat) {
  World world;
  Site site{world};
  BOOST_TEST(site.engine.port() == 0);
  auto bob = std::make_unique<Party>(site);
  const std::uint16_t port = site.engine.port();
  BOOST_TEST(port != 0);
  bob.reset();
  BOOST_TEST(site.engine.port() == 0);
  Stranger late(world, port);
  BOOST_TEST(late.sees_end());
  site.settings.local_port = port;
  Party again(site);
  BOOST_TEST(site.engine.port() == port);
  Site other{world};
  other.settings.local_port = port;
  BOOST_CHECK_EXCEPTION(Party{other}, base::Error,
                        [](const base::Error& error) { return error.code() == base::Errc::chat_failure; });
}

BOOST_FIXTURE_TEST_CASE(it_is_reached_by_both_families_of_addresses, One) {
  bob.stream->start(false, Stranger::as_remote());
  Stranger stranger(world, msrp::connect_to({"::1", site.engine.port()}));
  stranger.say(Stranger::request(bob.path()));
  BOOST_TEST(bob.hears("DidBind\n"));
  BOOST_TEST(bob.stream->statistics().remote_address == "::1");
}

BOOST_AUTO_TEST_CASE(an_address_that_is_set_is_the_only_one_that_is_listened_on) {
  World world;
  Site site{world};
  for (const auto& [here, elsewhere] : {std::pair{"127.0.0.1", "::1"}, std::pair{"::1", "127.0.0.1"}}) {
    site.settings.local_address = here;
    Party bob(site);
    Stranger refused(world, msrp::connect_to({elsewhere, site.engine.port()}));
    BOOST_TEST(refused.sees_end());
    bob.stream->start(false, Stranger::as_remote());
    Stranger stranger(world, msrp::connect_to({here, site.engine.port()}));
    stranger.say(Stranger::request(bob.path()));
    BOOST_TEST(bob.hears("DidBind\n"));
  }
  site.settings.local_address = "192.0.2.77";  // not ours
  BOOST_CHECK_EXCEPTION(Party{site}, base::Error,
                        [](const base::Error& error) { return error.code() == base::Errc::chat_failure; });
}

// T-27.
BOOST_FIXTURE_TEST_CASE(who_knows_no_session_gets_none, One) {
  bob.stream->start(false, Stranger::as_remote());
  Party carol(site);
  carol.stream->start(false, Stranger::as_remote("msrp://127.0.0.1:9/friend;tcp"));
  std::string wrong_port = bob.path();
  wrong_port.replace(wrong_port.find(std::to_string(site.engine.port())), 5, "1");
  const std::vector<std::string> requests = {
      Stranger::request("msrp://127.0.0.1:1/nobody;tcp"),
      Stranger::request(wrong_port),
      Stranger::request("msrps" + bob.path().substr(4)),
      Stranger::request(bob.path() + " msrp://127.0.0.1:9/next;tcp"),
      Stranger::request(carol.path()),  // another's session
      Stranger::request(bob.path(), "AUTH"),
      Stranger::request(bob.path(), "SEND", "msrp://127.0.0.1:9/else;tcp"),
  };
  for (const std::string& request : requests) {
    Stranger stranger = visit();
    stranger.say(request);
    BOOST_TEST(stranger.hears("MSRP bind 481"), request);
    BOOST_TEST(stranger.sees_end());
  }
  BOOST_TEST(bob.told + carol.told == "");
  Stranger stranger = visit();
  stranger.say(Stranger::request(bob.path()));
  BOOST_TEST(bob.hears("DidBind\n"));
}

// T-27.
BOOST_FIXTURE_TEST_CASE(a_second_connection_to_a_live_session_is_refused, One) {
  Stranger first = bound();
  Stranger second = visit();
  second.say(Stranger::request(bob.path()));
  BOOST_TEST(second.hears("MSRP bind 506"));
  BOOST_TEST(second.sees_end());
  bob.say("still here");
  BOOST_TEST(first.hears("still here"));
  BOOST_TEST(bob.told == "DidBind\n");
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_comes_before_its_answer_is_kept_until_then, One) {
  Stranger early = visit();
  early.say(Stranger::request(bob.path()));
  world.settle();
  Stranger second = visit();
  second.say(Stranger::request(bob.path()));
  BOOST_TEST(second.hears("MSRP bind 506"));
  BOOST_TEST(early.heard() == "");
  bob.stream->start(false, Stranger::as_remote());
  BOOST_TEST(early.hears("MSRP bind 200"));
  BOOST_TEST(bob.hears("DidBind\n"));
}

BOOST_FIXTURE_TEST_CASE(who_came_early_and_is_not_the_peer_is_refused_then, One) {
  Stranger early = visit();
  early.say(Stranger::request(bob.path()));
  world.settle();
  bob.stream->start(false, Stranger::as_remote("msrp://127.0.0.1:9/friend;tcp"));
  BOOST_TEST(early.hears("MSRP bind 481"));
  BOOST_TEST(early.sees_end());
  BOOST_TEST(bob.told == "");
}

BOOST_FIXTURE_TEST_CASE(who_came_early_does_not_wait_for_ever, One) {
  Stranger early = visit();
  early.say(Stranger::request(bob.path()));
  world.settle();
  BOOST_TEST(!early.closed());
  world.clock.advance(30s);
  BOOST_TEST(early.sees_end());
}

// T-28.
BOOST_FIXTURE_TEST_CASE(a_connection_that_says_nothing_is_closed_after_30_s, One) {
  Stranger silent = visit();
  BOOST_TEST(world.until([&] { return site.engine.guests() == 1; }));
  world.clock.advance(29s);
  world.settle();
  BOOST_TEST(!silent.closed());
  silent.say("M");
  world.settle();
  world.clock.advance(1s);
  BOOST_TEST(silent.sees_end());
  BOOST_TEST(site.engine.guests() == 0u);
}

// T-28.
BOOST_FIXTURE_TEST_CASE(a_beginning_without_an_end_is_cut_off, One) {
  for (const std::string& garbage :
       {std::string(9000, 'M'), "MSRP abcd SEND\r\nTo-Path: " + std::string(9000, 'x'), std::string(20000, '\n'),
        std::string("GET / HTTP/1.1\r\n\r\n"), std::string(9000, '\0'),
        std::string("MSRP bind 200 OK\r\n") + "To-Path: " + bob.path() + "\r\nFrom-Path: " + Stranger::own_path +
            "\r\n-------bind$\r\n"}) {
    Stranger stranger = visit();
    stranger.say(garbage);
    BOOST_TEST(stranger.sees_end());
  }
  BOOST_TEST(site.engine.guests() == 0u);
}

// T-28.
BOOST_FIXTURE_TEST_CASE(five_hundred_silent_connections_keep_nobody_out, One) {
  bob.stream->start(false, Stranger::as_remote());
  std::list<Stranger> silent;
  for (int i = 0; i < 500; ++i) silent.emplace_back(world, site.engine.port());
  Stranger friendly = visit();
  friendly.say(Stranger::request(bob.path()));
  // Nobody is sent away at once, and so the clock must go on.
  const auto in_time = [&](const std::function<bool()>& held) {
    return world.until([&] { return world.clock.advance(10ms), held(); });
  };
  BOOST_TEST(in_time([&] { return bob.told == "DidBind\n"; }));
  const auto open = [&] {
    return std::count_if(silent.begin(), silent.end(), [](Stranger& stranger) { return !stranger.closed(); });
  };
  BOOST_TEST(in_time([&] { return open() <= static_cast<int>(msrp::Listener::most_guests); }));
  BOOST_TEST(site.engine.guests() <= msrp::Listener::most_guests);
  world.clock.advance(30s);
  BOOST_TEST(site.engine.guests() == 0u);
  for (Stranger& stranger : silent) BOOST_TEST(stranger.sees_end());
  bob.say("undisturbed");
  BOOST_TEST(friendly.hears("undisturbed"));
}

BOOST_FIXTURE_TEST_CASE(nobody_makes_way_for_another_in_his_first_moment, One) {
  std::list<Stranger> strangers;
  for (int i = 0; i < 100; ++i) strangers.emplace_back(world, site.engine.port());
  const auto closed = [&] {
    return std::count_if(strangers.begin(), strangers.end(), [](Stranger& stranger) { return stranger.closed(); });
  };
  BOOST_TEST(world.until([&] { return site.engine.guests() == msrp::Listener::most_guests; }));
  world.clock.advance(249ms);
  world.settle();
  BOOST_TEST(closed() == 0);
  world.clock.advance(1ms);
  BOOST_TEST(world.until([&] { return closed() == 100 - static_cast<int>(msrp::Listener::most_guests); }));
  // And nobody for nobody.
  world.settle();
  BOOST_TEST(site.engine.guests() == msrp::Listener::most_guests);
}

BOOST_AUTO_TEST_CASE(many_friends_may_come_at_once) {
  World world;
  Site here{world}, there{world};
  std::list<Party> callers, called;
  for (int i = 0; i < 200; ++i) {
    Party& caller = callers.emplace_back(here);
    Party& other = called.emplace_back(there);
    other.stream->start(false, caller.as_remote());
    caller.stream->start(true, other.as_remote());
  }
  for (Party& caller : callers) BOOST_TEST(caller.hears("DidBind\n"));
}

// T-34.
BOOST_FIXTURE_TEST_CASE(a_peer_that_takes_nothing_is_given_up_and_disturbs_nobody, One) {
  Stranger deaf = bound();
  for (int i = 0; i < 60; ++i) bob.say(std::string(1'000'000, 'x'));
  BOOST_CHECK_EXCEPTION(for (int i = 0; i < 60; ++i) bob.say(std::string(1'000'000, 'x')), base::Error,
                        [](const base::Error& error) { return error.code() == base::Errc::limit_reached; });
  world.settle();
  Party carol(site), dave(site);
  carol.stream->start(true, dave.as_remote());
  dave.stream->start(false, carol.as_remote());
  carol.say("undisturbed");
  BOOST_TEST(dave.hears("GotMessage undisturbed\n"));
  world.clock.advance(31s);
  BOOST_TEST(bob.hears("ChatFailed 408"));
  BOOST_TEST(bob.told.find("lost 408") < bob.told.find("ChatFailed"));
  BOOST_TEST(deaf.sees_end());
}

// T-35.
BOOST_FIXTURE_TEST_CASE(a_peer_that_goes_in_the_middle_leaves_one_verdict_for_each_message, One) {
  enum class Way { close, shut, reset };
  for (const Way way : {Way::close, Way::shut, Way::reset}) {
    Party carol(site);
    carol.stream->start(false, Stranger::as_remote());
    Stranger peer = visit();
    peer.say(Stranger::request(carol.path()));
    BOOST_TEST(carol.hears("DidBind\n"));
    carol.say("one");
    carol.say("two");
    BOOST_TEST(peer.hears("two"));
    peer.say("MSRP abcd SEND\r\nTo-Path: " + carol.path() + "\r\nFrom-Path: " + Stranger::own_path +
             "\r\nMessage-ID: m\r\nByte-Range: 1-*/100\r\nContent-Type: text/plain\r\n\r\nthe beginning");
    way == Way::shut ? peer.shut() : peer.leave(way == Way::reset);
    BOOST_TEST(carol.hears("ChatFailed"));
    const std::string reason =
        way == Way::reset ? "the connection was lost: Connection reset by peer" : "the peer closed the connection";
    BOOST_TEST(carol.told == "DidBind\nlost 0 " + reason + "\nlost 0 " + reason + "\nChatFailed 0 " + reason + "\n");
  }
}

BOOST_FIXTURE_TEST_CASE(after_the_end_nothing_is_told_and_the_connection_stays_until_the_stream_goes, One) {
  Stranger peer = bound();
  bob.say("never answered");
  BOOST_TEST(peer.hears("never answered"));
  const auto verdicts = bob.stream->end(0, "the session has ended");
  BOOST_TEST(verdicts.size() == 1u);
  BOOST_TEST(!verdicts.at(0).delivered);
  BOOST_TEST(verdicts.at(0).reason == "the session has ended");
  bob.say("too late");
  peer.say("MSRP abcd SEND\r\nTo-Path: " + bob.path() + "\r\nFrom-Path: " + Stranger::own_path +
           "\r\nMessage-ID: m\r\nByte-Range: 1-4/4\r\nContent-Type: text/plain\r\n\r\nlate\r\n-------abcd$\r\n");
  world.settle();
  world.clock.advance(10min);
  world.settle();
  BOOST_TEST(!peer.closed());
  BOOST_TEST(peer.heard().find("too late") == std::string::npos);
  BOOST_TEST(bob.told == "DidBind\n");
  bob.stream.reset();
  BOOST_TEST(peer.sees_end());
}

BOOST_FIXTURE_TEST_CASE(whoever_listens_may_end_or_destroy_the_stream_at_any_event, One) {
  for (const bool destroy : {false, true}) {
    for (const std::string event : {"DidBind", "GotMessage", "delivered", "ChatFailed"}) {
      Party carol(site);
      carol.then = [&](const auto&) {
        if (carol.told.find(event) == std::string::npos) return;
        destroy ? carol.stream.reset() : void(carol.stream->end(0, "enough"));
      };
      carol.stream->start(false, Stranger::as_remote());
      Stranger peer = visit();
      peer.say(Stranger::request(carol.path()) + "MSRP abcd SEND\r\nTo-Path: " + carol.path() + "\r\nFrom-Path: " +
               Stranger::own_path + "\r\nMessage-ID: m\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nhi\r\n" +
               "-------abcd$\r\nno MSRP\r\n");
      BOOST_TEST(carol.hears(event == "delivered" ? "ChatFailed" : event));
      if (destroy) BOOST_TEST(peer.sees_end());
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_never_comes_is_waited_for_30_s, One) {
  bob.stream->start(false, Stranger::as_remote());
  bob.say("anybody?");
  world.clock.advance(29s);
  BOOST_TEST(bob.told == "");
  world.clock.advance(1s);
  BOOST_TEST(bob.told ==
             "lost 408 the peer did not connect within 30 s\nChatFailed 408 the peer did not connect within 30 s\n");
  Stranger late = visit();
  late.say(Stranger::request(bob.path()));
  BOOST_TEST(late.hears("MSRP bind 481"));
}

BOOST_FIXTURE_TEST_CASE(a_port_where_nobody_listens_fails_the_chat, One) {
  base::Descriptor bound_only = msrp::listen_on(0);
  const std::uint16_t port = msrp::local_port_of(bound_only);
  bound_only = base::Descriptor();
  bob.stream->start(true, Stranger::as_remote("msrp://127.0.0.1:" + std::to_string(port) + "/x;tcp"));
  BOOST_TEST(bob.hears("ChatFailed 0 no connection to 127.0.0.1: Connection refused\n"));
}

BOOST_FIXTURE_TEST_CASE(a_name_is_looked_up_and_each_of_its_addresses_tried, Two) {
  msrp::RemoteChat remote = bob.as_remote();
  bob.stream->start(false, alice.as_remote());
  remote.path[0].host = "bob.test";
  here.names["bob.test"] = {{"127.0.0.2", 1}, {"127.0.0.1", there.engine.port()}};
  alice.stream->start(true, remote);
  world.settle();
  world.clock.advance(1ms);
  BOOST_TEST(world.until([&] { return alice.stream->statistics().remote_address == "127.0.0.1"; }));
}

BOOST_FIXTURE_TEST_CASE(a_name_that_leads_nowhere_fails_the_chat, One) {
  bob.stream->start(true, Stranger::as_remote("msrp://nobody.test:9/x;tcp"));
  world.settle();
  world.clock.advance(1ms);
  BOOST_TEST(bob.hears("ChatFailed 0 no connection to nobody.test: there is no nobody.test\n"));
}

BOOST_FIXTURE_TEST_CASE(a_short_message_overtakes_a_long_one, Two) {
  bind();
  alice.say(std::string(5'000'000, 'x'));
  BOOST_TEST(world.until([&] { return bob.stream->statistics().counters.received_bytes > 100'000; }));
  alice.say("short");
  BOOST_TEST(bob.hears("GotMessage short\n"));
  BOOST_TEST(bob.told.find("xxx") == std::string::npos);
  BOOST_TEST(bob.hears("GotMessage xxx"));
}

BOOST_AUTO_TEST_SUITE_END()
