// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/resource.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <thread>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/bus/chat_stories.h"
#include "tests/support/notify_socket.h"
#include "tests/support/sipp.h"
#include "tests/support/stream_peer.h"

// Two daemons chat, from bus to bus.
BOOST_AUTO_TEST_SUITE(chats)

namespace data = boost::unit_test::data;
using test::received;
using test::send_message;
using test::Station;
using test::Story;
using test::verdict;

namespace {

using Names = std::vector<std::string>;

constexpr const char* delivered = "DidDeliverMessage 200 OK";

// Alice and Bob, and the session of each.
struct Chat {
  explicit Chat(const Names& streams, const std::string& transport = "tcp", const std::string& bobs = "")
      : alice({.user = "alice", .more = "msrp: { transport = \"" + transport + "\"; };\n"}),
        bob({.user = "bob", .more = "msrp: { transport = \"" + transport + "\"; };\n" + bobs}),
        caller(alice.client.create_session()) {
    alice.act(caller, "Connect", bob.uri(), test::Routes{}, streams);
    callee = bob.called();
    bob.act(callee, "Accept", streams);
    alice.wait(caller, "DidStart");
    bob.wait(callee, "DidStart");
  }

  void wait_for(const std::string& streams) {
    alice.wait(caller, "GotStreamUpdate " + streams);
    bob.wait(callee, "GotStreamUpdate " + streams);
  }

  Station alice, bob;
  std::string caller, callee;
};

}  // namespace

BOOST_DATA_TEST_CASE(messages_go_both_ways_and_each_gets_its_verdict, data::make({"tcp", "tls"}), transport) {
  Chat chat({"chat"}, transport);
  // Before the chat is bound, too.
  const std::string first = send_message(chat.alice, chat.caller, "hello");
  BOOST_CHECK_EQUAL(received(chat.bob, chat.callee).content, "hello");
  BOOST_CHECK_EQUAL(verdict(chat.alice, chat.caller, first), delivered);
  const std::string second = send_message(chat.bob, chat.callee, "hällo", "text/html");
  BOOST_CHECK_EQUAL(received(chat.alice, chat.caller).content, "hällo");
  BOOST_CHECK_EQUAL(verdict(chat.bob, chat.callee, second), delivered);
  const auto diagnostics = chat.alice.property<test::Dictionary>(chat.caller, "ChatTransport");
  BOOST_CHECK_EQUAL(diagnostics.at("transport").get<std::string>(), transport);
  BOOST_CHECK_EQUAL(diagnostics.at("verification").get<std::string>(),
                    std::string(transport) == "tls" ? "fingerprint" : "none");
  BOOST_CHECK_EQUAL(diagnostics.at("messages_sent").get<std::uint64_t>(), 1u);
  BOOST_CHECK_EQUAL(diagnostics.at("messages_received").get<std::uint64_t>(), 1u);
}

BOOST_DATA_TEST_CASE(sessions_with_the_same_peer_share_a_connection, data::make({"tcp", "tls"}), transport) {
  Chat chat({"chat"}, transport);
  chat.wait_for("chat");
  const std::string first_caller = chat.caller, first_callee = chat.callee;
  chat.caller = chat.alice.client.create_session();
  chat.alice.act(chat.caller, "Connect", chat.bob.uri(), test::Routes{}, Names{"chat"});
  chat.callee = chat.bob.called();
  chat.bob.act(chat.callee, "Accept", Names{"chat"});
  chat.wait_for("chat");
  const auto connection = [&](Station& station, const std::string& session) {
    return station.property<test::Dictionary>(session, "ChatTransport").at("remote_port").get<std::uint16_t>();
  };
  BOOST_CHECK_EQUAL(connection(chat.alice, chat.caller), connection(chat.alice, first_caller));
  BOOST_CHECK_EQUAL(connection(chat.bob, chat.callee), connection(chat.bob, first_callee));
  send_message(chat.alice, chat.caller, "to the second");
  send_message(chat.alice, first_caller, "to the first");
  BOOST_CHECK_EQUAL(received(chat.bob, chat.callee).content, "to the second");
  BOOST_CHECK_EQUAL(received(chat.bob, first_callee).content, "to the first");
  chat.bob.end(first_callee);
  chat.alice.wait(first_caller, "DidEnd remote");
  const std::string id = send_message(chat.bob, chat.callee, "undisturbed");
  BOOST_CHECK_EQUAL(received(chat.alice, chat.caller).content, "undisturbed");
  BOOST_CHECK_EQUAL(verdict(chat.bob, chat.callee, id), delivered);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_arrive_as_they_were) {
  Chat chat({"chat"});
  std::vector<std::uint8_t> bytes(100'000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i % 257);
  const auto id = chat.alice.client.call<std::string>(chat.caller, "Session", "SendData", bytes,
                                                      std::string("image/png"), std::string(), std::uint64_t{0});
  const test::Received message = received(chat.bob, chat.callee);
  BOOST_CHECK_EQUAL(message.type, "image/png");
  BOOST_TEST((message.content == std::string(bytes.begin(), bytes.end())));
  BOOST_CHECK_EQUAL(verdict(chat.alice, chat.caller, id), delivered);
}

BOOST_AUTO_TEST_CASE(chats_are_reached_on_the_address_that_is_set_and_no_other) {
  Station alice({.user = "alice", .address = "::1"});
  Station bob({.address = "::1"});
  const std::string caller = alice.client.create_session();
  alice.act(caller, "Connect", bob.uri(), test::Routes{}, test::chat_only);
  const std::string callee = bob.called();
  bob.act(callee, "Accept", test::chat_only);
  alice.wait(caller, "GotStreamUpdate chat");
  const std::string id = send_message(alice, caller, "by IPv6");
  BOOST_CHECK_EQUAL(received(bob, callee).content, "by IPv6");
  BOOST_CHECK_EQUAL(verdict(alice, caller, id), delivered);
  const auto transport = bob.property<test::Dictionary>(callee, "ChatTransport");
  const std::string path = transport.at("local_path").get<Names>().front();
  BOOST_REQUIRE_MESSAGE(path.starts_with("msrps://[::1]:"), path);
  const auto port = static_cast<std::uint16_t>(std::stoul(path.substr(std::string("msrps://[::1]:").size())));
  BOOST_CHECK_THROW(test::StreamPeer{port}, std::runtime_error);
}

BOOST_AUTO_TEST_CASE(who_is_writing_is_told_without_any_setting) {
  Chat chat({"chat"});
  chat.wait_for("chat");
  chat.alice.act(chat.caller, "SetComposing", true, 60u);
  chat.bob.wait(chat.callee, "GotComposingIndication active text/plain 60");
}

BOOST_AUTO_TEST_CASE(a_long_message_arrives_whole_and_a_short_one_overtakes_it) {
  Chat chat({"chat"});
  chat.wait_for("chat");
  const std::string content(9'000'000, 'x');
  const std::string slow = send_message(chat.alice, chat.caller, content);
  const std::string quick = send_message(chat.alice, chat.caller, "quick");
  BOOST_CHECK_EQUAL(received(chat.bob, chat.callee, 1).content, "quick");
  BOOST_TEST((received(chat.bob, chat.callee, 2).content == content));
  BOOST_CHECK_EQUAL(verdict(chat.alice, chat.caller, quick), delivered);
  BOOST_CHECK_EQUAL(verdict(chat.alice, chat.caller, slow), delivered);
}

// The wrapper that goes with it is beyond the setting, and does not count.
BOOST_AUTO_TEST_CASE(a_message_of_the_size_that_the_peer_allows_arrives_and_a_longer_one_is_refused) {
  Chat chat({"chat"}, "tcp", "chat: { max_message_size = 5000; };\n");
  chat.wait_for("chat");
  const std::string longest(5000, 'x');
  const std::string good = send_message(chat.alice, chat.caller, longest);
  BOOST_CHECK_EQUAL(verdict(chat.alice, chat.caller, good), delivered);
  BOOST_TEST((received(chat.bob, chat.callee).content == longest));
  const std::string one_more = send_message(chat.alice, chat.caller, longest + "x");
  BOOST_CHECK_EQUAL(verdict(chat.alice, chat.caller, one_more), "DidNotDeliverMessage 413 Message Too Large");
  const std::string unsent = send_message(chat.alice, chat.caller, std::string(30'000, 'x'));
  BOOST_CHECK_EQUAL(verdict(chat.alice, chat.caller, unsent),
                    "DidNotDeliverMessage 413 the peer takes no message of this size");
  send_message(chat.alice, chat.caller, "last");
  BOOST_CHECK_EQUAL(received(chat.bob, chat.callee, 2).content, "last");
}

BOOST_AUTO_TEST_CASE(a_chat_is_added_to_a_call_and_removed_and_added_by_the_other) {
  Chat call({"audio"});
  call.alice.act(call.caller, "AddChat");
  call.bob.wait(call.callee, "GotStreamProposal remote chat");
  call.bob.act(call.callee, "AcceptProposal", Names{"chat"});
  call.wait_for("audio,chat");
  const std::string id = send_message(call.bob, call.callee, "here");
  BOOST_CHECK_EQUAL(verdict(call.bob, call.callee, id), delivered);
  call.bob.act(call.callee, "RemoveChat");
  call.alice.wait(call.caller, "GotStreamUpdate audio", 2);
  call.alice.act(call.caller, "AddChat");
  call.bob.wait(call.callee, "GotStreamProposal remote chat", 2);
  call.bob.act(call.callee, "AcceptProposal", Names{"chat"});
  call.alice.wait(call.caller, "GotStreamUpdate audio,chat", 2);
  const std::string again = send_message(call.alice, call.caller, "again");
  BOOST_CHECK_EQUAL(verdict(call.alice, call.caller, again), delivered);
  call.alice.end(call.caller);
  // Nothing failed at either end, in whatever order SIP and MSRP came.
  for (const auto& [station, session] : {std::pair(&call.alice, call.caller), std::pair(&call.bob, call.callee)}) {
    station->wait(session, station == &call.alice ? "DidEnd local" : "DidEnd remote");
    for (const std::string& line : station->story(session)) BOOST_CHECK(!line.starts_with("StreamDidFail"));
  }
}

BOOST_AUTO_TEST_CASE(two_who_propose_a_chat_at_once_have_one) {
  Chat call({"audio"});
  Station* const stations[] = {&call.alice, &call.bob};
  const std::string sessions[] = {call.caller, call.callee};
  for (Station* one : stations) one->daemon.process().signal(SIGSTOP);
  std::thread calls[2];
  for (std::size_t i : {0u, 1u})
    calls[i] = std::thread([&, i] {
      // Who is so late that the other's proposal was there before is refused.
      const std::string error = test::Client::error_of([&] { stations[i]->act(sessions[i], "AddChat"); });
      if (!error.empty() && error != "InvalidState") std::terminate();
    });
  for (Station* one : stations) one->daemon.process().signal(SIGCONT);
  for (std::thread& one : calls) one.join();
  std::size_t asked = 2;
  call.alice.until(
      [&] {
        for (std::size_t i : {0u, 1u})
          if (stations[i]->client.state(sessions[i]) == "PROPOSED") asked = i;
        return asked < 2;
      },
      "a proposal of either side");
  stations[asked]->act(sessions[asked], "AcceptProposal", Names{"chat"});
  call.wait_for("audio,chat");
  const std::string id = send_message(call.alice, call.caller, "one is enough");
  BOOST_CHECK_EQUAL(received(call.bob, call.callee).content, "one is enough");
  BOOST_CHECK_EQUAL(verdict(call.alice, call.caller, id), delivered);
}

BOOST_AUTO_TEST_CASE(audio_is_added_to_a_chat_and_the_chat_goes_on) {
  Chat chat({"chat"});
  chat.wait_for("chat");
  chat.bob.act(chat.callee, "AddAudio");
  chat.alice.wait(chat.caller, "GotStreamProposal remote audio");
  chat.alice.act(chat.caller, "AcceptProposal", Names{"audio"});
  chat.wait_for("audio,chat");
  chat.alice.act(chat.caller, "Hold");
  chat.bob.wait(chat.callee, "GotHoldRequest remote");
  const std::string held = send_message(chat.alice, chat.caller, "on hold");
  BOOST_CHECK_EQUAL(verdict(chat.alice, chat.caller, held), delivered);
  chat.alice.act(chat.caller, "RemoveAudio");
  chat.bob.wait(chat.callee, "GotStreamUpdate chat", 2);
  const std::string last = send_message(chat.bob, chat.callee, "still here");
  BOOST_CHECK_EQUAL(verdict(chat.bob, chat.callee, last), delivered);
}

// Its history and its traces cannot grow.
BOOST_AUTO_TEST_CASE(a_full_disk_harms_no_chat_and_is_told_of_once) {
  const test::OutputFile log;
  Station alice({.user = "alice", .more = test::plain_chat});
  Station bob({.more = test::plain_chat + "chat: { history = true; };\nlogging: { trace_msrp = true; };\n",
               .errors = log.descriptor()});
  const std::string caller = alice.client.create_session();
  alice.act(caller, "Connect", bob.uri(), test::Routes{}, test::chat_only);
  const std::string callee = bob.called();
  bob.act(callee, "Accept", test::chat_only);
  alice.wait(caller, "DidStart");
  bob.wait(callee, "DidStart");
  const auto limit = [&](rlim_t size) {
    const rlimit limits{size, RLIM_INFINITY};
    BOOST_REQUIRE_EQUAL(::prlimit(bob.daemon.process().number(), RLIMIT_FSIZE, &limits, nullptr), 0);
  };
  const std::string long_text(20'000, 'x');
  limit(10'000);
  for (unsigned i = 1; i <= 3; ++i) {
    const std::string there = send_message(alice, caller, long_text);
    BOOST_CHECK_EQUAL(received(bob, callee, i).content, long_text);
    BOOST_CHECK_EQUAL(verdict(alice, caller, there), delivered);
    BOOST_CHECK_EQUAL(verdict(bob, callee, send_message(bob, callee, long_text)), delivered);
  }
  for (const char* what : {"the history of a chat cannot be written", "a trace cannot be written"}) {
    const std::string text = log.text();
    BOOST_CHECK_MESSAGE(text.find(what) != text.npos && text.find(what) == text.rfind(what), text);
  }
  limit(RLIM_INFINITY);
  BOOST_CHECK_EQUAL(verdict(bob, callee, send_message(bob, callee, "there is room")), delivered);
  const std::filesystem::path folder = bob.daemon.data_directory() / "history/bonjour@local";
  const std::string history = test::read_file(std::filesystem::directory_iterator(folder)->path());
  BOOST_CHECK(history.find("xxx\n{\"time\": ") != history.npos);
  BOOST_CHECK(history.find("\"content\": \"there is room\"}\n") != history.npos);
}

BOOST_AUTO_TEST_CASE(a_daemon_that_dies_leaves_no_message_without_a_verdict) {
  Chat chat({"chat"});
  chat.wait_for("chat");
  chat.bob.daemon.process().signal(SIGSTOP);
  const std::string id = send_message(chat.alice, chat.caller, "anybody?");
  chat.bob.daemon.process().signal(SIGKILL);
  BOOST_TEST(chat.bob.daemon.process().wait(test::patience).has_value());
  BOOST_TEST(verdict(chat.alice, chat.caller, id).starts_with("DidNotDeliverMessage"));
  chat.alice.wait(chat.caller, "DidEnd local");
}

BOOST_AUTO_TEST_SUITE_END()
