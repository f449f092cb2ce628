// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

#include <boost/test/unit_test.hpp>

#include "tests/support/client.h"
#include "tests/support/private_bus.h"
#include "tests/unit/dbus/server.h"
#include "tools/sipctl/choose.h"
#include "tools/sipctl/value.h"

namespace {

using Words = std::vector<std::string>;
using namespace std::chrono_literals;

constexpr auto patience = 20s;

// One run of sipctl ($SIPCTL), and what it prints.
class Run {
 public:
  Run(const test::PrivateBus& bus, Words words) : process_(command(bus, std::move(words)), {}, output()) {
    ::close(pipe_[1]);
  }
  ~Run() { ::close(pipe_[0]); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Reads until this was printed.
  bool prints(const std::string& text) {
    std::size_t searched = 0;
    while (printed_.find(text, searched) == printed_.npos) {
      searched = printed_.size() - std::min(printed_.size(), text.size());
      if (!read_more()) return false;
    }
    return true;
  }
  // Reads all; the exit code.
  int end() {
    while (read_more()) {
    }
    return process_.wait(patience).value_or(-1);
  }
  const std::string& printed() const { return printed_; }
  test::Process& process() { return process_; }

 private:
  static Words command(const test::PrivateBus& bus, Words words) {
    words.insert(words.begin(), {std::getenv("SIPCTL"), "--bus-address", bus.address()});
    return words;
  }
  int output() {
    BOOST_REQUIRE(::pipe2(pipe_.data(), O_CLOEXEC) == 0);
    return pipe_[1];
  }
  bool read_more() {
    pollfd poll{pipe_[0], POLLIN, 0};
    if (::poll(&poll, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) <= 0) return false;
    std::array<char, 65536> bytes{};
    const auto length = ::read(pipe_[0], bytes.data(), bytes.size());
    if (length > 0) printed_.append(bytes.data(), static_cast<std::size_t>(length));
    return length > 0;
  }

  std::array<int, 2> pipe_{};
  test::Process process_;
  std::string printed_;
};

struct Fixture {
  test::PrivateBus bus;
  test::Server server{bus.address()};

  int result(Words words) { return Run(bus, std::move(words)).end(); }
  std::string printed(Words words) {
    Run run(bus, std::move(words));
    BOOST_TEST(run.end() == 0);
    return run.printed();
  }
};

sipctl::Session session(const std::string& number, const std::string& state) {
  return {"/org/sipsession1/session/" + number, {{"State", {'s', state, {}}}}};
}

bool is_incoming(const sipctl::Properties& properties) { return sipctl::text_of(properties, "State") == "INCOMING"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(sipctl_choice)

BOOST_AUTO_TEST_CASE(the_only_session_that_fits_needs_no_name) {
  const std::vector sessions{session("1", "ESTABLISHED"), session("2", "INCOMING")};
  BOOST_TEST(sipctl::choose(sessions, "", is_incoming, "incoming") == "/org/sipsession1/session/2");
  BOOST_TEST(sipctl::choose(sessions, "7", is_incoming, "incoming") == "/org/sipsession1/session/7");
}

BOOST_AUTO_TEST_CASE(several_that_fit_are_listed) {
  const std::vector sessions{session("1", "INCOMING"), session("12", "INCOMING")};
  BOOST_CHECK_EXCEPTION(sipctl::choose(sessions, "", is_incoming, "incoming"), sipctl::Failure,
                        [](const auto& failure) {
                          return failure.code == sipctl::refused &&
                                 failure.sentence.starts_with("there are 2 incoming sessions, name one:\n  1 ");
                        });
}

BOOST_AUTO_TEST_CASE(a_session_is_named_by_number_or_path) {
  BOOST_TEST(sipctl::names_session("3"));
  BOOST_TEST(sipctl::names_session("/org/sipsession1/session/3"));
  for (const char* word : {"", "x", "-1", "3x", "/org/sipsession1/session/", "/org/sipsession1/account/1"})
    BOOST_TEST(!sipctl::names_session(word), word);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(sipctl_runs, Fixture, *boost::unit_test::timeout(60))

BOOST_AUTO_TEST_CASE(requests_succeed_or_say_why_not) {
  BOOST_TEST(printed({"call", "sip:bob@example.com"}) == "/org/sipsession1/session/1\n");
  BOOST_TEST(printed({"hold"}) == "");
  BOOST_TEST(printed({"sessions"}).find("ESTABLISHED  outgoing") != std::string::npos);
  BOOST_TEST(printed({"--json", "sessions"}).find("\"OnHoldByLocal\": true") != std::string::npos);
  BOOST_TEST(printed({"hangup", "1"}) == "");
  BOOST_TEST(result({"hangup"}) == 1);
  BOOST_TEST(result({"accept", "99"}) == 1);
}

BOOST_AUTO_TEST_CASE(a_call_is_waited_for) {
  BOOST_TEST(printed({"--json", "call", "sip:bob@example.com", "--wait"}) ==
             "{\"session\": \"/org/sipsession1/session/1\"}\n");
}

BOOST_AUTO_TEST_CASE(engine_and_settings_are_shown) {
  BOOST_TEST(printed({"engine"}).find("AudioInputDevices:\n  (\"mic\", \"Microphone\", \"Audio/Source\")\n") !=
             std::string::npos);
  BOOST_TEST(printed({"settings", "get", "rtp.timeout"}) == "30\n");
  BOOST_TEST(printed({"settings", "--account", "bonjour@local", "get", "id"}) == "\"bonjour@local\"\n");
  BOOST_TEST(printed({"settings", "list"}).find("rtp.port_range = (50000, 50400)\n") != std::string::npos);
  BOOST_TEST(result({"settings", "get", "no.such"}) == 1);
}

BOOST_AUTO_TEST_CASE(settings_are_changed_by_their_type_and_saved) {
  const std::vector<std::pair<std::string, Words>> table = {
      {"5\n", {"sessions.max", "5"}},
      {"(40000, 40100)\n", {"rtp.port_range", "40000:40100"}},
      {"[\"PCMA\", \"opus\"]\n", {"audio.codec_list", "PCMA,opus"}},
      {"true\n", {"audio.silent", "yes"}},
      {"5070\n", {"sip.udp_port", "5070"}},
      {"(\"/a,b.wav\", 30)\n", {"ringtone.inbound", "/a,b.wav,30"}},
      {"\"Phone\"\n", {"user_agent", "Phone"}},
  };
  for (const auto& [shown, words] : table) {
    BOOST_TEST(printed({"settings", "set", words[0], words[1]}) == "");
    BOOST_TEST(printed({"settings", "get", words[0]}) == shown);
  }
  BOOST_TEST(printed({"settings", "reset", "sessions.max"}) == "");
  BOOST_TEST(printed({"settings", "get", "sessions.max"}) == "64\n");
  BOOST_TEST(result({"settings", "set", "sessions.max", "many"}) == 2);
  BOOST_TEST(result({"settings", "set", "sessions.max", "0"}) == 1);
  BOOST_TEST(result({"settings", "set", "no.such", "0"}) == 1);
}

BOOST_AUTO_TEST_CASE(accounts_are_added_listed_and_changed) {
  BOOST_TEST(printed({"account", "add", "alice@example.com"}) == "/org/sipsession1/account/alice_40example_2ecom\n");
  BOOST_TEST(result({"account", "add", "alice@example.com"}) == 1);
  BOOST_TEST(printed({"account", "list"}).find("  alice@example.com ") != std::string::npos);
  BOOST_TEST(printed({"account", "set", "alice@example.com", "display_name", "Alice"}) == "");
  BOOST_TEST(printed({"account", "show", "alice@example.com"}).find("display_name = \"Alice\"\n") != std::string::npos);
  BOOST_TEST(printed({"--json", "account", "list"}).find("\"Id\": \"alice@example.com\"") != std::string::npos);
  BOOST_TEST(printed({"account", "default", "alice@example.com"}) == "");
  BOOST_TEST(printed({"account", "default"}) == "alice@example.com\n");
  BOOST_TEST(printed({"account", "disable", "alice@example.com"}) == "");
  BOOST_TEST(printed({"settings", "--account", "alice@example.com", "get", "enabled"}) == "false\n");
  BOOST_TEST(result({"account", "enable", "nobody@example.com"}) == 1);
  BOOST_TEST(printed({"account", "delete", "alice@example.com"}) == "");
}

BOOST_AUTO_TEST_CASE(a_password_comes_from_a_file_and_never_from_the_command_line) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.path() / "password";
  std::ofstream(file) << "open sesame\n";
  BOOST_TEST(result({"account", "add", "alice@example.com", "--password-file", file}) == 0);
  BOOST_TEST(printed({"account", "show", "alice@example.com"}).find("HasPassword: true\n") != std::string::npos);
  BOOST_TEST(printed({"account", "show", "alice@example.com"}).find("sesame") == std::string::npos);
  BOOST_TEST(result({"account", "set", "alice@example.com", "password", "x"}) == 2);
  BOOST_TEST(result({"account", "password", "alice@example.com", "--password-file", file + "s"}) == 1);
}

BOOST_AUTO_TEST_CASE(wrong_usage_is_told_from_refusal) {
  BOOST_TEST(result({}) == 2);
  BOOST_TEST(result({"dance"}) == 2);
  BOOST_TEST(result({"hangup", "me"}) == 2);
  BOOST_TEST(result({"record", "a", "b"}) == 2);
  BOOST_TEST(result({"--help"}) == 0);
}

BOOST_AUTO_TEST_CASE(the_monitor_prints_what_it_gets_and_ends_when_told) {
  Run monitor(bus, {"monitor"});
  Run json(bus, {"--json", "monitor"});
  BOOST_TEST(monitor.prints("DaemonIsThere()\n"));
  BOOST_TEST(json.prints("\"member\": \"DaemonIsThere\""));
  BOOST_TEST(result({"call", "sip:bob@example.com"}) == 0);
  BOOST_TEST(monitor.prints("SIPSessionNewOutgoing([\"audio\"])\n"));
  BOOST_TEST(json.prints("\"member\": \"SIPSessionNewOutgoing\", \"arguments\": [[\"audio\"]]}\n"));
  monitor.process().signal(SIGINT);
  BOOST_TEST(monitor.end() == 0);
  json.process().signal(SIGTERM);
  BOOST_TEST(json.end() == 0);
}

// A value for each byte would take some hundred MB.
BOOST_AUTO_TEST_CASE(long_messages_are_cut_for_people_and_whole_for_programs) {
  constexpr std::size_t size = 2'000'000;
  const auto connection = bus.connect();
  test::Client client(*connection);
  const std::string session = client.call_out("sip:bob@example.com", {"chat"});
  Run monitor(bus, {"monitor"});
  Run json(bus, {"--json", "monitor"});
  BOOST_TEST(monitor.prints("DaemonIsThere()\n"));
  BOOST_TEST(json.prints("\"member\": \"DaemonIsThere\""));
  const auto echo = [&](const char* member, const auto& content, const std::string& type) {
    client.call<std::string>(session, "Session", member, content, type, "echo", std::uint64_t{0});
  };
  echo("SendData", std::vector<std::uint8_t>(size, 7), "image/png");
  echo("SendMessage", std::string(size, 'x'), "text/plain");
  BOOST_TEST(monitor.prints(", 7, 7... 2000000 bytes], \"image/png\""));
  BOOST_TEST(monitor.prints("xxx\"... 2000000 bytes, \"text/plain\""));
  BOOST_TEST(monitor.printed().size() < 10'000u);
  BOOST_TEST(json.prints(", 7, 7], \"image/png\""));
  BOOST_TEST(json.prints("xxx\", \"text/plain\""));
  BOOST_TEST(json.printed().size() > 4 * size);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sipctl_alone, *boost::unit_test::timeout(60))

BOOST_AUTO_TEST_CASE(a_daemon_that_is_not_there_has_its_own_code) {
  const test::PrivateBus bus;
  BOOST_TEST(Run(bus, {"sessions"}).end() == 3);
}

BOOST_AUTO_TEST_CASE(the_monitor_sees_the_daemon_come_and_go) {
  const test::PrivateBus bus;
  Run monitor(bus, {"monitor"});
  BOOST_TEST(monitor.prints("DaemonIsAbsent()\n"));
  { const test::Server server(bus.address()); }
  BOOST_TEST(monitor.prints("DaemonCame()\n"));
  BOOST_TEST(monitor.prints("DaemonWentAway()\n"));
  monitor.process().signal(SIGTERM);
  BOOST_TEST(monitor.end() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
