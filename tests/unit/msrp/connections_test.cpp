// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/unit/msrp/network.h"

#include "base/error.h"

using namespace network;

namespace {

// Two sites; alice's chats are those that connect.
struct Sites {
  World world;
  Site here{world}, there{world};

  struct Talk {
    std::unique_ptr<Party> alice, bob;

    bool bound() const { return alice->hears("DidBind\n") && bob->hears("DidBind\n"); }
    // Both ways, to the right one.
    bool works(const std::string& word) const {
      alice->say(word + " there");
      bob->say(word + " back");
      return bob->hears("GotMessage " + word + " there\n") && alice->hears("GotMessage " + word + " back\n");
    }
    // Which connection it is, seen from here.
    std::uint16_t port() const { return bob->stream->statistics().remote_port; }
    bool lost(const std::string& reason) const { return alice->hears(reason) && bob->hears(reason); }
  };

  Talk make(bool secure = false) {
    return {std::make_unique<Party>(here, secure), std::make_unique<Party>(there, secure)};
  }
  static void start(const Talk& talk) {
    talk.bob->stream->start(false, talk.alice->as_remote());
    talk.alice->stream->start(true, talk.bob->as_remote());
  }
  Talk begin(bool secure = false) {
    Talk talk = make(secure);
    start(talk);
    BOOST_TEST(talk.bound());
    return talk;
  }
  // The second comes before its answer does, and holds up the first.
  void hold_up(const Talk& first, const Talk& second) {
    second.alice->stream->start(true, second.bob->as_remote());
    second.alice->say("early");
    first.alice->say("behind it");
    world.settle();
    BOOST_TEST(second.bob->told == "");
    BOOST_TEST(first.bob->told == "DidBind\n");
  }
};

// A peer that waits for us on a port of its own.
struct Server {
  explicit Server(World& its_world) : world(its_world) {}

  msrp::RemoteChat as_remote(const std::string& session) const { return Stranger::as_remote(path(session)); }
  std::string path(const std::string& session) const {
    return "msrp://127.0.0.1:" + std::to_string(msrp::local_port_of(socket)) + "/" + session + ";tcp";
  }
  Stranger accept() {
    BOOST_TEST(world.until([&] { return msrp::somebody_waits(socket); }));
    return {world, msrp::accept_from(socket)};
  }
  // To the request that the stranger heard last, for that session.
  std::string answer_to(Stranger& stranger, const std::string& session, const std::string& own, const char* code) {
    BOOST_TEST(stranger.hears(session + ";tcp"));
    const std::string& heard = stranger.heard();
    const auto begin = heard.rfind("MSRP ") + 5;
    const std::string id = heard.substr(begin, heard.find(' ', begin) - begin);
    return "MSRP " + id + " " + code + "\r\nTo-Path: " + own + "\r\nFrom-Path: " + path(session) + "\r\n-------" + id +
           "$\r\n";
  }

  World& world;
  base::Descriptor socket = msrp::listen_on(0);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(connections)

BOOST_FIXTURE_TEST_CASE(sessions_with_the_same_end_share_a_connection, Sites) {
  for (const bool secure : {false, true}) {
    const Talk first = begin(secure), second = begin(secure), third = begin(secure);
    BOOST_TEST(first.port() != 0);
    BOOST_TEST(second.port() == first.port());
    BOOST_TEST(third.port() == first.port());
    BOOST_TEST((first.works("one") && second.works("two") && third.works("three")));
    const auto statistics = second.alice->stream->statistics();
    BOOST_TEST((statistics.verification == (secure ? msrp::Verification::fingerprint : msrp::Verification::none)));
  }
}

BOOST_FIXTURE_TEST_CASE(it_stays_until_the_last_of_them_goes, Sites) {
  const Talk last = [&] {
    Talk first = begin(), second = begin();
    first.alice->stream->end(0, "over");
    first.alice.reset();
    BOOST_TEST(second.works("without the first"));
    BOOST_TEST(first.bob->told.find("ChatFailed") == std::string::npos);
    return second;
  }();
  const std::uint16_t port = last.port();
  BOOST_TEST(begin().port() == port);
  last.alice->stream.reset();
  BOOST_TEST(last.bob->hears("ChatFailed 0 the peer closed the connection\n"));
  BOOST_TEST(begin().port() != port);
}

BOOST_FIXTURE_TEST_CASE(when_it_is_lost_all_of_them_are, Sites) {
  const Talk first = begin(), second = begin();
  second.alice->say("never answered");
  first.bob->stream.reset();
  second.bob->stream.reset();
  for (const Talk* talk : {&first, &second})
    BOOST_TEST(talk->alice->hears("ChatFailed 0 the peer closed the connection\n"));
  const std::string& told = second.alice->told;
  BOOST_TEST((told.find("lost 0") != told.npos && told.find("lost 0") < told.find("ChatFailed")));
}

BOOST_FIXTURE_TEST_CASE(each_may_go_or_take_others_with_it_at_any_event, Sites) {
  for (const std::string event : {"GotMessage", "ChatFailed"}) {
    Talk first = begin(), second = begin(), third = begin();
    const auto end_two = [&](const auto&) {
      if (second.alice->told.find(event) == std::string::npos) return;
      second.alice->stream.reset();
      third.alice->stream.reset();
    };
    second.alice->then = end_two;
    if (event == "GotMessage") {
      for (const Talk* talk : {&first, &second, &third}) talk->bob->say("all at once");
      BOOST_TEST(second.alice->hears("GotMessage"));
      BOOST_TEST(first.works("alone"));
    } else {
      first.bob->stream.reset();
      second.bob->stream.reset();
      third.bob->stream.reset();
      BOOST_TEST(second.alice->hears("ChatFailed"));
      BOOST_TEST(first.alice->hears("ChatFailed"));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_session_of_another_certificate_has_its_own, Sites) {
  const Talk first = begin(true), second = make(true);
  msrp::RemoteChat other = second.bob->as_remote();
  other.fingerprints[0].back() = other.fingerprints[0].back() == '0' ? '1' : '0';
  second.bob->stream->start(false, second.alice->as_remote());
  second.alice->stream->start(true, other);
  BOOST_TEST(second.alice->hears("ChatFailed 0 the peer is not believed"));
  BOOST_TEST(first.works("undisturbed"));
}

BOOST_FIXTURE_TEST_CASE(who_comes_before_its_answer_is_kept_until_then_and_nobody_is_lost, Sites) {
  const Talk first = begin(), second = make();
  hold_up(first, second);
  second.bob->stream->start(false, second.alice->as_remote());
  BOOST_TEST(second.bound());
  BOOST_TEST(second.bob->hears("GotMessage early\n"));
  BOOST_TEST(first.bob->hears("GotMessage behind it\n"));
  BOOST_TEST(second.port() == first.port());
}

BOOST_FIXTURE_TEST_CASE(who_comes_and_is_never_answered_holds_nobody_up_for_long, Sites) {
  for (const bool goes : {true, false}) {
    const Talk first = begin(), second = make();
    hold_up(first, second);
    if (goes) second.bob->stream.reset();
    world.clock.advance(goes ? 0s : 10s);
    BOOST_TEST(first.bob->hears("GotMessage behind it\n"));
    BOOST_TEST(first.alice->hears("delivered 200"));
  }
}

BOOST_FIXTURE_TEST_CASE(a_stranger_may_bind_several_sessions_on_one_connection, Sites) {
  Party one(there), two(there), three(there);
  one.stream->start(false, Stranger::as_remote());
  two.stream->start(false, Stranger::as_remote());
  three.stream->start(false, Stranger::as_remote("msrp://127.0.0.1:9/friend;tcp"));
  Stranger stranger(world, there.engine.port());
  stranger.say(Stranger::request(one.path()));
  BOOST_TEST(one.hears("DidBind\n"));
  stranger.say(Stranger::request(two.path()));
  BOOST_TEST(two.hears("DidBind\n"));
  one.say("to one");
  two.say("to two");
  BOOST_TEST(stranger.hears("to one"));
  BOOST_TEST(stranger.hears("to two"));
  // Not what is another's, nor what is bound elsewhere.
  stranger.say(Stranger::request(three.path()));
  BOOST_TEST(stranger.hears("MSRP bind 481"));
  Stranger other(world, there.engine.port());
  other.say(Stranger::request(two.path()));
  BOOST_TEST(other.hears("MSRP bind 506"));
  BOOST_TEST(three.told == "");
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_takes_one_session_on_each_connection_gets_one_for_each, Sites) {
  for (const bool silent : {false, true}) {
    Server server(world);
    Party one(here), two(here), three(here), four(here);
    one.stream->start(true, server.as_remote("one"));
    Stranger first = server.accept();
    first.say(server.answer_to(first, "one", one.path(), "200 OK"));
    BOOST_TEST(one.hears("DidBind\n"));
    two.stream->start(true, server.as_remote("two"));
    two.say("kept");
    const std::string refusal = server.answer_to(first, "two", two.path(), "481 No Such Session");
    silent ? world.clock.advance(30s) : first.say(refusal);
    Stranger second = server.accept();
    second.say(server.answer_to(second, "two", two.path(), "200 OK"));
    BOOST_TEST(two.hears("DidBind\n"));
    BOOST_TEST(second.hears("kept"));
    // It is not tried again as long as one of them is there.
    three.stream->start(true, server.as_remote("three"));
    Stranger third = server.accept();
    BOOST_TEST(third.hears("three;tcp"));
    third.say(server.answer_to(third, "three", three.path(), "200 OK"));
    BOOST_TEST(three.hears("DidBind\n"));
    two.stream.reset();
    four.stream->start(true, server.as_remote("four"));
    Stranger fourth = server.accept();
    BOOST_TEST(fourth.hears("four;tcp"));
    BOOST_TEST(two.told.find("lost") == std::string::npos);
    BOOST_TEST(one.told == "DidBind\n");
  }
}

// The peer may not have heard yet that the session has ended: what it says must not look like a failure to it.
BOOST_FIXTURE_TEST_CASE(who_speaks_to_a_session_that_ends_is_told_nothing_as_on_a_connection_of_its_own, Sites) {
  const Talk first = begin(), second = begin();
  first.alice->stream->end(0, "over");
  first.bob->say("too late");
  BOOST_TEST(second.works("on"));
  BOOST_TEST(first.bob->told == "DidBind\n");
}

BOOST_FIXTURE_TEST_CASE(who_is_not_bound_when_it_is_lost_gets_one_of_its_own, Sites) {
  Server server(world);
  Party one(here), two(here);
  one.stream->start(true, server.as_remote("one"));
  Stranger first = server.accept();
  first.say(server.answer_to(first, "one", one.path(), "200 OK"));
  BOOST_TEST(one.hears("DidBind\n"));
  two.stream->start(true, server.as_remote("two"));
  two.say("kept");
  BOOST_TEST(first.hears("two;tcp"));
  first.leave();
  BOOST_TEST(one.hears("ChatFailed"));
  Stranger second = server.accept();
  second.say(server.answer_to(second, "two", two.path(), "200 OK"));
  BOOST_TEST(two.hears("DidBind\n"));
  BOOST_TEST(second.hears("kept"));
}

// The new certificate is the one that a new session gives.
BOOST_FIXTURE_TEST_CASE(it_is_not_for_sessions_of_another_certificate_of_ours, Sites) {
  const Talk first = begin(true);
  here.identity = Site::some_identity("example.test");
  here.engine.reload_identity();
  const Talk second = begin(true);
  BOOST_TEST(second.port() != first.port());
  BOOST_TEST((first.works("one") && second.works("two")));
}

BOOST_FIXTURE_TEST_CASE(who_waits_in_vain_on_it_may_come_on_one_of_its_own, Sites) {
  const Talk first = begin(), second = make();
  hold_up(first, second);
  world.clock.advance(10s);
  BOOST_TEST(first.bob->hears("GotMessage behind it\n"));
  BOOST_TEST(first.alice->hears("delivered 200"));
  world.settle();
  second.bob->stream->start(false, second.alice->as_remote());
  BOOST_TEST(second.bound());
  BOOST_TEST(second.bob->hears("GotMessage early\n"));
}

BOOST_FIXTURE_TEST_CASE(whoever_awaits_its_answer_there_still_does_when_another_has_gone, Sites) {
  Party one(there), three(there);
  auto two = std::make_unique<Party>(there);
  one.stream->start(false, Stranger::as_remote());
  Stranger stranger(world, there.engine.port());
  stranger.say(Stranger::request(one.path()) + Stranger::request(two->path()));
  BOOST_TEST(one.hears("DidBind\n"));
  world.settle();
  world.clock.advance(10s);
  BOOST_TEST(stranger.hears("MSRP bind 481"));
  stranger.say(Stranger::request(three.path()));
  world.settle();
  two.reset();
  world.settle();
  three.stream->start(false, Stranger::as_remote());
  BOOST_TEST(three.hears("DidBind\n"));
}

BOOST_FIXTURE_TEST_CASE(who_is_told_that_all_is_lost_may_say_more, Sites) {
  const Talk first = begin(), second = begin();
  int more = 3;
  second.alice->then = [&](const msrp::ChatStreamEvent& event) {
    if (std::holds_alternative<msrp::Verdict>(event) && more-- > 0) second.alice->say("more");
  };
  second.bob->stream.reset();
  second.alice->say("too late");
  BOOST_TEST(second.alice->hears("ChatFailed 481"));
  BOOST_TEST(first.works("on"));
}

BOOST_AUTO_TEST_SUITE_END()
