// SPDX-License-Identifier: LGPL-2.1-or-later
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <array>
#include <cstdlib>

#include <boost/test/unit_test.hpp>

#include "tests/support/client.h"
#include "tests/support/private_bus.h"
#include "tests/support/recorder.h"
#include "tests/unit/dbus/server.h"

namespace {

using Words = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

// sipctl ($SIPCTL) at a terminal of its own.
class AtTerminal {
 public:
  AtTerminal(const test::PrivateBus& bus, Words words) {
    words.insert(words.begin(), {std::getenv("SIPCTL"), "--bus-address", bus.address()});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    BOOST_REQUIRE(::openpty(&ours_, &theirs_, nullptr, nullptr, nullptr) == 0);
    before_ = settings();
    number_ = ::fork();
    if (number_ == 0) {
      ::close(ours_);
      if (::login_tty(theirs_) == 0) ::execv(arguments.front(), arguments.data());
      ::_exit(127);
    }
  }
  ~AtTerminal() {
    if (!ended_) {
      ::kill(number_, SIGKILL);
      ::waitpid(number_, nullptr, 0);
    }
    ::close(ours_);
    ::close(theirs_);
  }
  AtTerminal(const AtTerminal&) = delete;
  AtTerminal& operator=(const AtTerminal&) = delete;

  void type(const std::string& keys) const {
    BOOST_REQUIRE(::write(ours_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
  }
  void wait_for(const std::string& text) {
    for (const auto end = Clock::now() + test::patience; shown_.find(text) == shown_.npos; read())
      BOOST_REQUIRE_MESSAGE(Clock::now() < end, shown_);
  }
  // How waitpid(2) tells it.
  int end() {
    int status = 0;
    for (const auto limit = Clock::now() + test::patience; ::waitpid(number_, &status, WNOHANG) == 0; read())
      BOOST_REQUIRE_MESSAGE(Clock::now() < limit, shown_);
    ended_ = true;
    while (read()) {
    }
    return status;
  }
  void signal(int number) const { ::kill(number_, number); }

  bool echoes() const { return (settings().c_lflag & ECHO) != 0; }
  bool is_as_before() const {
    const termios now = settings();
    return now.c_lflag == before_.c_lflag && now.c_cc[VSUSP] == before_.c_cc[VSUSP];
  }
  const std::string& shown() const { return shown_; }

 private:
  termios settings() const {
    termios now{};
    BOOST_REQUIRE(::tcgetattr(theirs_, &now) == 0);
    return now;
  }
  // False: nothing came for a moment.
  bool read() {
    pollfd poll{ours_, POLLIN, 0};
    if (::poll(&poll, 1, 20) <= 0) return false;
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(ours_, bytes.data(), bytes.size());
    if (count > 0) shown_.append(bytes.data(), static_cast<std::size_t>(count));
    return count > 0;
  }

  int ours_ = -1;
  int theirs_ = -1;
  termios before_{};
  pid_t number_ = -1;
  bool ended_ = false;
  std::string shown_;
};

struct Fixture {
  test::PrivateBus bus;
  test::Server server{bus.address()};
  std::unique_ptr<sdbus::IConnection> connection = bus.connect();
  test::Client client{*connection};

  bool has_account() {
    return client.call<bool>(test::account_manager_path, "AccountManager", "HasAccount",
                             std::string("alice@example.com"));
  }
  bool has_password() {
    return client.get<bool>("/org/sipsession1/account/alice_40example_2ecom", "Account", "HasPassword");
  }
};

const Words add{"account", "add", "alice@example.com"};
const std::string question = "Password of alice@example.com (empty: none): ";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sipctl_password, Fixture, *boost::unit_test::timeout(120))

BOOST_AUTO_TEST_CASE(a_password_is_typed_and_not_seen) {
  AtTerminal run(bus, add);
  run.wait_for(question);
  BOOST_TEST(!run.echoes());
  run.type("open ");
  run.type("sesame\n");
  BOOST_TEST(run.end() == 0);
  BOOST_TEST(run.shown() == question + "\r\n/org/sipsession1/account/alice_40example_2ecom\r\n");
  BOOST_TEST(run.is_as_before());
  BOOST_TEST(has_password());
}

BOOST_AUTO_TEST_CASE(an_empty_line_is_no_password) {
  AtTerminal run(bus, add);
  run.wait_for(question);
  run.type("\n");
  BOOST_TEST(run.end() == 0);
  BOOST_TEST(!has_password());
}

BOOST_AUTO_TEST_CASE(whatever_ends_the_question_gives_the_echo_back_and_changes_nothing) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    AtTerminal run(bus, add);
    run.wait_for(question);
    run.type("open");
    if (signal == SIGINT)
      run.type("\x03");  // Control-C
    else
      run.signal(signal);
    const int status = run.end();
    BOOST_TEST((WIFSIGNALED(status) && WTERMSIG(status) == signal));
    BOOST_TEST(run.is_as_before());
    BOOST_TEST(run.shown().find("open") == std::string::npos);
    BOOST_TEST(!has_account());
  }
}

BOOST_AUTO_TEST_SUITE_END()
