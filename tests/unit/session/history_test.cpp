// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/history.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "base/log.h"
#include "tests/unit/session/temporary_directory.h"

namespace fs = std::filesystem;
using namespace session;

namespace {

const Time noon{std::chrono::seconds(1245672000)};

struct Fixture {
  TemporaryDirectory temporary;
  std::string directory = temporary.path() + "/data/history";
  std::string file = directory + "/alice@example.com/bob@example.org.jsonl";
  config::ChatSettings settings;
  History history{directory, settings};
  Properties session;

  Fixture() {
    settings.history = true;
    session.account = "alice@example.com";
    session.local_uri = "sip:alice@example.com";
    session.remote_uri = "sip:bob@example.org";
  }

  void note(const Event& event) { history.note(session, event, noon); }
  void say(const std::string& content) { note(DidSendMessage{"m1", content, "text/plain", ""}); }
  std::string written() const {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  std::vector<std::string> lines() const {
    std::ifstream stream(file, std::ios::binary);
    std::vector<std::string> result;
    for (std::string line; std::getline(stream, line);) result.push_back(line);
    return result;
  }
};

GotMessage got(const std::string& content) {
  GotMessage message{content, "text/plain", {{"From", "<sip:eve@example.net>"}}, false, {}};
  message.message.headers.message_id = "m2";
  return message;
}

// What is logged meanwhile.
std::string logged(const std::function<void()>& work) {
  base::log::set_level(base::log::Level::warning);
  const TemporaryDirectory place;
  const std::string log = place.path() + "/log";
  const int errors = dup(STDERR_FILENO);
  const int replaced = open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  dup2(replaced, STDERR_FILENO);
  work();
  dup2(errors, STDERR_FILENO);
  close(errors);
  close(replaced);
  std::ifstream stream(log);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// No file of ours may be larger, as if the disk were full.
class Largest {
 public:
  explicit Largest(rlim_t size) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{size, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~Largest() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  Largest(const Largest&) = delete;
  Largest& operator=(const Largest&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
}

const std::string said =
    R"({"time": "2009-06-22T12:00:00Z", "direction": "outgoing", "id": "m1", "from": "sip:alice@example.com", )"
    R"("to": "sip:bob@example.org", "content_type": "text/plain", "content": "hello"})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(history, Fixture)

BOOST_AUTO_TEST_CASE(nothing_is_kept_unless_the_user_wants_it) {
  settings.history = false;
  say("hello");
  note(got("hello"));
  note(DidDeliverMessage{{"m1", true, 200, "OK", {}}});
  BOOST_TEST(!fs::exists(temporary.path() + "/data"));
  settings.history = true;
  note(ChangedState{State::calling, State::established});
  note(DidStart{});
  BOOST_TEST(!fs::exists(temporary.path() + "/data"));
  say("hello");
  BOOST_TEST(fs::exists(file));
}

BOOST_AUTO_TEST_CASE(each_message_and_each_verdict_is_a_line) {
  say("hello");
  note(got("hi"));
  note(DidDeliverMessage{{"m1", true, 200, "OK", {}}});
  note(DidNotDeliverMessage{{"m3", false, 415, "no\nthanks", {}}});
  const std::vector<std::string> expected{
      said,
      R"({"time": "2009-06-22T12:00:00Z", "direction": "incoming", "id": "m2", "from": "sip:bob@example.org", )"
      R"("to": "sip:alice@example.com", "content_type": "text/plain", "content": "hi"})",
      R"({"time": "2009-06-22T12:00:00Z", "id": "m1", "verdict": "delivered", "code": 200, "reason": "OK"})",
      R"({"time": "2009-06-22T12:00:00Z", "id": "m3", "verdict": "not delivered", "code": 415, "reason": "no\u000athanks"})",
  };
  BOOST_TEST(lines() == expected, boost::test_tools::per_element());
  BOOST_TEST(mode_of(file) == 0600u);
  for (const char* folder : {"/data", "/data/history", "/data/history/alice@example.com"})
    BOOST_TEST(mode_of(temporary.path() + folder) == 0700u, folder);
}

BOOST_AUTO_TEST_CASE(odd_content_stays_one_line_of_json) {
  say("a\"b\\c\nd\x1b");
  say("\xff\x00");
  GotMessage foreign = got("\xc3\xa4\xef\xbf\xbe");
  foreign.foreign_sender = true;
  foreign.content_type = "text/plain\xff";
  note(foreign);
  BOOST_TEST_REQUIRE(lines().size() == 3u);
  const auto holds = [&](std::size_t line, const char* part) { return lines()[line].find(part) != std::string::npos; };
  BOOST_TEST(holds(0, R"("content": "a\"b\\c\u000ad\u001b"})"));
  BOOST_TEST(holds(1, R"("content_base64": "/w=="})"));
  BOOST_TEST(holds(2, R"("sender": "<sip:eve@example.net>", "content_type": "text/plain)"
                      "\xef\xbf\xbd"
                      R"(", "content_base64": "w6Tvv74="})"));
}

BOOST_AUTO_TEST_CASE(a_private_message_names_its_recipient) {
  note(DidSendMessage{"m1", "psst", "text/plain", "sip:carol@example.com"});
  BOOST_TEST(written().find(R"("to": "sip:carol@example.com")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_peer_chooses_no_path) {
  session.account = "../a/b@x";
  session.remote_uri = "sip:..%2f..%2fbob@[2001:db8::1]";
  say("hello");
  BOOST_TEST(fs::exists(directory + "/.._a_b@x/.._.._bob@2001_db8__1.jsonl"));
  session.remote_uri = "";
  say("hello");
  BOOST_TEST(fs::exists(directory + "/.._a_b@x/unknown@unknown.jsonl"));
}

BOOST_AUTO_TEST_CASE(a_torn_line_is_ended_first) {
  say("hello");
  std::ofstream(file, std::ios::app) << R"({"time": "20)";
  say("hello");
  say("hello");
  const std::vector<std::string> expected{said, R"({"time": "20)", said, said};
  BOOST_TEST(lines() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_link_is_followed_and_no_failure_harms) {
  const std::string outside = temporary.path() + "/outside";
  fs::create_directory(outside);
  fs::create_directories(directory);
  fs::create_directory_symlink(outside, directory + "/alice@example.com");
  say("hello");
  BOOST_TEST(fs::is_empty(outside));
  fs::remove(directory + "/alice@example.com");
  fs::create_directory(directory + "/alice@example.com");
  fs::create_symlink(outside + "/x", file);
  say("hello");
  BOOST_TEST(fs::is_empty(outside));
  fs::remove(file);
  BOOST_TEST(mkfifo(file.c_str(), 0600) == 0);
  say("hello");
  fs::remove(file);
  say("hello");
  BOOST_TEST(lines() == std::vector{said}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_logged_once) {
  fs::create_directories(directory);
  fs::create_symlink("/dev/full", directory + "/alice@example.com");
  const std::string text = logged([&] {
    for (int i = 0; i < 3; ++i) say("secret");
  });
  BOOST_TEST(
      text.starts_with("sipsessiond warning: the history of a chat cannot be written FILE=" + file + " REASON="));
  BOOST_TEST(text.find('\n') == text.size() - 1);
  BOOST_TEST(text.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_full_disk_tears_one_line_and_no_other) {
  say("hello");
  const rlim_t room = said.size() + 1 + 20;
  const std::string text = logged([&] {
    const Largest largest(room);
    for (int i = 0; i < 3; ++i) say("secret");
  });
  BOOST_TEST(text.find("there is no room for all of a line") != std::string::npos);
  BOOST_TEST(text.find('\n') == text.size() - 1);
  say("hello");
  const std::vector<std::string> expected{said, said.substr(0, 20), said};
  BOOST_TEST(lines() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(folders_that_are_taken_away_are_made_again) {
  for (const fs::path gone : {directory + "/alice@example.com", directory, temporary.path() + "/data"}) {
    say("hello");
    fs::remove_all(gone);
    say("hello");
    BOOST_TEST(lines() == std::vector{said}, boost::test_tools::per_element());
    BOOST_TEST(mode_of(fs::path(file).parent_path()) == 0700u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
