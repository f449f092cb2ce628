// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "tests/bus/chat_stories.h"
#include "tests/support/accounts.h"
#include "tests/support/terminal.h"

// Chats with sipctl, at a terminal and in scripts.
BOOST_AUTO_TEST_SUITE(sipctl_chats)

using test::chat_only;
using test::received;
using test::Station;
using test::Terminal;

namespace {

using Words = std::vector<std::string>;

enum Code { success = 0, refused = 1, usage = 2, absent = 3, undelivered = 4 };

Words command_for(const Station& station, const Words& words) {
  Words command{std::getenv("SIPCTL"), "--bus-address", station.bus.address()};
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

// A run in a script, with files for standard input and for what it prints.
class Run {
 public:
  Run(const Station& station, const Words& words, const std::string& input = "") {
    std::ofstream(directory_.path() / "input") << input;
    const int in = open((directory_.path() / "input").c_str(), O_RDONLY | O_CLOEXEC);
    const int out = open((directory_.path() / "output").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    process_.emplace(command_for(station, words), std::map<std::string, std::string>{}, out, out, in);
    close(in);
    close(out);
  }

  int wait() { return process_->wait(test::patience).value_or(-1); }
  std::string output() const {
    std::ifstream stream(directory_.path() / "output");
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  test::TemporaryDirectory directory_;
  std::optional<test::Process> process_;
};

struct Pair {
  explicit Pair(const std::string& more = "") : bob({.user = "bob", .more = test::plain_chat + more}) {}

  std::string established(const Words& streams) {
    const std::string session = alice.client.create_session();
    alice.act(session, "Connect", bob.uri(), test::Routes{}, streams);
    called = bob.called();
    bob.act(called, "Accept", streams);
    alice.wait(session, "DidStart");
    bob.wait(called, "DidStart");
    return session;
  }

  Station alice{{.user = "alice", .more = test::plain_chat}};
  Station bob;
  std::string called;  // Bob's session
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_person_at_a_terminal_chats) {
  Pair pair;
  Terminal terminal(command_for(pair.alice, {"chat", pair.bob.uri()}));
  terminal.wait_for("calling " + pair.bob.uri());
  const std::string session = pair.bob.called();
  pair.bob.act(session, "Accept", chat_only);
  terminal.wait_for("Control-D ends it");
  terminal.type("hello, Bob\n");
  BOOST_CHECK_EQUAL(received(pair.bob, session).content, "hello, Bob");
  terminal.wait_for("delivered: hello, Bob");
  pair.bob.act(session, "SetComposing", true, 60u);
  terminal.wait_for("bob is writing");
  test::send_message(pair.bob, session, "hello, Alice");
  terminal.wait_for("bob: hello, Alice");
  terminal.type(Terminal::control_d);
  BOOST_CHECK_EQUAL(terminal.wait(), success);
  pair.bob.wait(session, "DidEnd remote");
}

BOOST_AUTO_TEST_CASE(what_a_peer_sends_moves_no_terminal_and_forges_no_line) {
  Pair pair;
  Terminal terminal(command_for(pair.alice, {"chat", pair.bob.uri()}));
  const std::string session = pair.bob.called();
  pair.bob.act(session, "Accept", chat_only);
  terminal.wait_for("Control-D ends it");
  // A title, colours, a reversed name, and a line that looks like one of another message.
  test::send_message(pair.bob, session,
                     "\x1b]0;title\x07\x1b[31mred\xe2\x80\xae\xc2\x9b"
                     "2J\n12:00 carol: forged\rend");
  terminal.wait_for("forged");
  terminal.wait_for("end\r\n");
  const std::string& screen = terminal.screen();
  const std::string shown = screen.substr(screen.find("bob: "));
  BOOST_CHECK_EQUAL(shown.substr(0, shown.find("end") + 3), "bob: ]0;title[31mred2J\r\n      12:00 carol: forgedend");
  terminal.type(Terminal::control_c);
  BOOST_CHECK_EQUAL(terminal.wait(), success);
}

BOOST_AUTO_TEST_CASE(a_message_longer_than_any_screen_floods_no_terminal) {
  constexpr std::size_t size = 9'000'000;
  Pair pair;
  const std::string session = pair.established(chat_only);
  Terminal terminal(command_for(pair.bob, {"chat"}));
  terminal.wait_for("Control-D ends it");
  test::send_message(pair.alice, session, std::string(size, 'x'));
  terminal.wait_for("xxx... (9000000 bytes)");
  pair.alice.client.call<std::string>(session, "Session", "SendData", std::vector<std::uint8_t>(size, 7), "image/png",
                                      "", std::uint64_t{0});
  terminal.wait_for("alice sent something of type image/png, 9000000 bytes");
  BOOST_CHECK_LT(terminal.screen().size(), 100'000U);
  terminal.type(Terminal::control_d);
  BOOST_CHECK_EQUAL(terminal.wait(), success);
}

BOOST_AUTO_TEST_CASE(a_script_sends_a_very_long_line) {
  constexpr std::size_t size = 9'000'000;
  Pair pair;
  const std::string session = pair.established(chat_only);
  Run run(pair.bob, {"chat"}, std::string(size, 'y') + "\n");
  BOOST_CHECK_EQUAL(received(pair.alice, session).content.size(), size);
  BOOST_CHECK_EQUAL(run.wait(), success);
}

BOOST_AUTO_TEST_CASE(a_chat_that_comes_in_is_taken_and_ended_by_the_other_side) {
  Pair pair;
  const std::string session = pair.alice.client.create_session();
  pair.alice.act(session, "Connect", pair.bob.uri(), test::Routes{}, chat_only);
  pair.bob.called();
  Terminal terminal(command_for(pair.bob, {"chat"}));
  terminal.wait_for("chat with alice");
  test::send_message(pair.alice, session, "hello, Bob");
  terminal.wait_for("alice: hello, Bob");
  pair.alice.end(session);
  terminal.wait_for("alice ended the chat");
  BOOST_CHECK_EQUAL(terminal.wait(), success);
}

BOOST_AUTO_TEST_CASE(a_script_sends_lines_and_knows_that_all_were_delivered) {
  Pair pair;
  std::string lines;
  for (int i = 0; i < 200; ++i) lines += "line " + std::to_string(i) + "\n";
  Run run(pair.alice, {"chat", pair.bob.uri()}, lines + "\n\xff no end of the line");
  const std::string session = pair.bob.called();
  pair.bob.act(session, "Accept", chat_only);
  BOOST_CHECK_EQUAL(run.wait(), success);
  BOOST_CHECK_EQUAL(received(pair.bob, session, 200).content, "line 199");
  BOOST_CHECK_EQUAL(received(pair.bob, session, 201).content, "\xef\xbf\xbd no end of the line");
  BOOST_CHECK_EQUAL(run.output(), "");
}

BOOST_AUTO_TEST_CASE(a_script_knows_that_a_line_was_not_delivered) {
  Pair pair;
  test::SipPeer peer;
  test::MsrpPeer chat;
  Run run(pair.alice, {"chat", peer.uri()}, "first\nsecond\n");
  const test::SipMessage invite = peer.expect("INVITE");
  test::PeerCall call(peer, invite, pair.alice.port());
  chat.act("reports 413");
  call.answer(invite, test::Sdp{.media = chat.media()}.text());
  chat.learn(invite);
  const test::SipMessage bye = peer.expect("BYE");
  call.reply(bye, 200, "OK");
  BOOST_CHECK_EQUAL(run.wait(), undelivered);
  BOOST_CHECK_MESSAGE(has(run.output(), "sipctl: not delivered (413 Enough): first\n"), run.output());
  BOOST_CHECK_MESSAGE(has(run.output(), "sipctl: 2 of 2 messages were not delivered\n"), run.output());
}

BOOST_AUTO_TEST_CASE(whoever_refuses_the_chat_is_told_of) {
  Pair pair;
  {
    Run run(pair.alice, {"chat", pair.bob.uri()}, "hello\n");
    pair.bob.act(pair.bob.called(), "Reject", true);
    BOOST_CHECK_EQUAL(run.wait(), refused);
    BOOST_CHECK_MESSAGE(has(run.output(), "(486, remote)"), run.output());
  }
  Terminal terminal(command_for(pair.alice, {"chat", pair.bob.uri()}));
  pair.bob.called();
  terminal.wait_for("calling");
  terminal.type(Terminal::control_c);
  BOOST_CHECK_EQUAL(terminal.wait(), refused);
}

BOOST_AUTO_TEST_CASE(a_chat_that_another_program_ends_was_not_ended_by_the_peer) {
  Pair pair;
  Terminal terminal(command_for(pair.alice, {"chat", pair.bob.uri()}));
  pair.bob.act(pair.bob.called(), "Accept", chat_only);
  terminal.wait_for("Control-D ends it");
  BOOST_CHECK_EQUAL(Run(pair.alice, {"hangup"}).wait(), success);
  BOOST_CHECK_EQUAL(terminal.wait(), refused);
  BOOST_CHECK_MESSAGE(has(terminal.screen(), "it was ended on this side"), terminal.screen());
}

BOOST_AUTO_TEST_CASE(a_daemon_that_goes_away_is_no_peer_that_leaves) {
  Pair pair;
  for (const bool asked : {true, false}) {
    Terminal terminal(command_for(pair.alice, {"chat", pair.bob.uri()}));
    pair.bob.act(pair.bob.called(), "Accept", chat_only);
    terminal.wait_for("Control-D ends it");
    pair.alice.daemon.process().signal(asked ? SIGTERM : SIGKILL);
    BOOST_CHECK_EQUAL(terminal.wait(), absent);
    BOOST_CHECK_MESSAGE(has(terminal.screen(), "sipctl: the service went away"), terminal.screen());
    BOOST_CHECK_MESSAGE(!has(terminal.screen(), "ended the chat"), terminal.screen());
    if (asked) pair.alice.daemon.start_again();
  }
}

BOOST_AUTO_TEST_CASE(a_chat_is_proposed_taken_and_removed_beside_the_sound) {
  Pair pair;
  const std::string session = pair.established({"audio"});
  const auto sipctl = [](Station& station, const Words& words) { return Run(station, words).wait(); };
  BOOST_CHECK_EQUAL(sipctl(pair.alice, {"add", "chat"}), success);
  pair.bob.wait(pair.called, "GotStreamProposal remote chat");
  BOOST_CHECK_EQUAL(sipctl(pair.bob, {"reject"}), success);
  pair.alice.wait(session, "RejectedStreamProposal local Proposal rejected with: 488 Not Acceptable Here");
  BOOST_CHECK_EQUAL(sipctl(pair.alice, {"add", "chat"}), success);
  pair.bob.wait(pair.called, "GotStreamProposal remote chat", 2);
  BOOST_CHECK_EQUAL(sipctl(pair.bob, {"accept"}), success);
  pair.alice.wait(session, "GotStreamUpdate audio,chat");
  // Who leaves a chat beside sound leaves the sound alone.
  BOOST_CHECK_EQUAL(Run(pair.alice, {"chat", "--session", "1"}, "hello\n").wait(), success);
  BOOST_CHECK_EQUAL(received(pair.bob, pair.called).content, "hello");
  BOOST_CHECK_EQUAL(sipctl(pair.alice, {"remove", "chat", "1"}), success);
  pair.bob.wait(pair.called, "GotStreamUpdate audio", 2);
  BOOST_CHECK_EQUAL(sipctl(pair.alice, {"remove", "audio"}), refused);
  BOOST_CHECK_EQUAL(sipctl(pair.alice, {"remove", "video"}), usage);
  // It proposes a chat where there is none.
  Run run(pair.alice, {"chat", "--session", "1"}, "hello again\n");
  pair.bob.wait(pair.called, "GotStreamProposal remote chat", 3);
  BOOST_CHECK_EQUAL(sipctl(pair.bob, {"accept", "--streams", "chat"}), success);
  BOOST_CHECK_EQUAL(run.wait(), success);
  BOOST_CHECK_EQUAL(received(pair.bob, pair.called, 2).content, "hello again");
}

BOOST_AUTO_TEST_CASE(a_chat_may_begin_at_another_account) {
  Pair pair;
  test::add_account(pair.alice, "carol@example.com",
                    {{"enabled", true}, {"registration.enabled", false}, {"display_name", std::string("Carol")}});
  Run run(pair.alice, {"chat", "--account", "carol@example.com", pair.bob.uri()}, "hello\n");
  const std::string session = pair.bob.called();
  pair.bob.act(session, "Accept", chat_only);
  BOOST_CHECK_EQUAL(run.wait(), success);
  BOOST_CHECK_EQUAL(pair.bob.property<std::string>(session, "RemoteUri"), "sip:carol@example.com");
  BOOST_CHECK_EQUAL(Run(pair.alice, {"chat", "--account", "nobody@example.com", pair.bob.uri()}).wait(), refused);
}

BOOST_AUTO_TEST_CASE(one_message_is_sent_and_waited_for) {
  // Bob takes no text.
  Pair pair("chat: { accept_types = [ \"message/cpim\" ]; accept_wrapped_types = [ \"text/html\" ]; };\n");
  pair.established(chat_only);
  const auto say = [](Station& station, const Words& words) { return Run(station, words).wait(); };
  BOOST_CHECK_EQUAL(say(pair.bob, {"message", "hello, Alice"}), success);
  BOOST_CHECK_EQUAL(say(pair.alice, {"message", "hello, Bob"}), undelivered);
  BOOST_CHECK_EQUAL(say(pair.alice, {"message", "--no-wait", "1", "hello, Bob"}), success);
  BOOST_CHECK_EQUAL(say(pair.alice, {"message", "hello,", "Bob"}), usage);
}

BOOST_AUTO_TEST_CASE(a_shell_completes_commands_and_what_the_daemon_knows) {
  Station station;
  test::add_account(station, "carol@example.com", {{"display_name", std::string("Carol")}});
  station.client.create_session();
  const std::string sipctl = std::getenv("SIPCTL");
  // As bash calls it, with the cursor at the end of the line.
  const auto completed = [&](const std::string& rest) {
    const std::string line = sipctl + " --bus-address " + station.bus.address() + " " + rest;
    test::TemporaryDirectory directory;
    const int out = open((directory.path() / "output").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    test::Process bash({"bash", "-c", ". \"$COMPLETION\"; _sipctl; echo \"${COMPREPLY[@]}\""},
                       {{"COMP_LINE", line}, {"COMP_POINT", std::to_string(line.size())}}, out);
    close(out);
    BOOST_CHECK_EQUAL(bash.wait(test::patience).value_or(-1), 0);
    std::ifstream stream(directory.path() / "output");
    std::string words;
    std::getline(stream, words);
    return words;
  };
  BOOST_CHECK_EQUAL(completed("re"), "reject remove record");
  BOOST_CHECK_EQUAL(completed("account re"), "register");
  BOOST_CHECK_EQUAL(completed("chat --s"), "--session --system");
  BOOST_CHECK_EQUAL(completed("settings get rtp."), "rtp.port_range rtp.timeout rtp.local_ip");
  BOOST_CHECK_EQUAL(completed("settings --account carol@example.com get msrp."),
                    "msrp.relay msrp.use_relay_for_inbound msrp.use_relay_for_outbound");
  BOOST_CHECK_EQUAL(completed("account show c"), "carol@example.com");
  BOOST_CHECK_EQUAL(completed("account show carol@ex"), "example.com");
  BOOST_CHECK_EQUAL(completed("account set carol@example.com sip.k"), "sip.keepalive_interval");
  BOOST_CHECK_EQUAL(completed("add c"), "chat");
  // A name is never run by the shell.
  station.client.call<sdbus::ObjectPath>(test::account_manager_path, "AccountManager", "CreateAccount",
                                         std::string("$(id)@example.org"));
  BOOST_CHECK_EQUAL(completed("account show "), "\\$\\(id\\)@example.org carol@example.com");
  BOOST_CHECK_EQUAL(completed("add chat "), "1");
  BOOST_CHECK_EQUAL(completed("hangup "), "1");
  BOOST_CHECK_EQUAL(completed("call "), "");
  station.daemon.process().signal(SIGKILL);
  BOOST_CHECK_EQUAL(completed("hangup "), "");
}

BOOST_AUTO_TEST_SUITE_END()
