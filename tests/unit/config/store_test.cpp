// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "base/error.h"

using namespace config;
namespace fs = std::filesystem;

namespace {

// A file in a directory of its own.
struct Fixture {
  Fixture() {
    // In memory where there is such a place: these tests write thousands of files down to the disk.
    const fs::path memory = "/dev/shm";
    std::string name = ((fs::exists(memory) ? memory : fs::temp_directory_path()) / "config_test.XXXXXX").string();
    BOOST_TEST_REQUIRE(mkdtemp(name.data()) != nullptr);
    directory = name;
    file = directory / "made" / "a.conf";
  }
  ~Fixture() { fs::remove_all(directory); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  void put(const std::string& text, fs::path where = {}) const {
    if (where.empty()) where = file;
    fs::create_directories(where.parent_path());
    std::ofstream(where) << text;
    ::chmod(where.c_str(), S_IRUSR | S_IWUSR);
  }
  std::string text(fs::path where = {}) const {
    std::ifstream stream(where.empty() ? file : where);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  Picture picture() const {
    Picture picture{general, bonjour, {}};
    for (const AccountSettings& account : accounts) picture.accounts.push_back({&account});
    return picture;
  }
  // Why the file is not written.
  std::string refusal(Store& store) const {
    try {
      store.write(picture());
    } catch (const base::Error& error) {
      BOOST_TEST((error.code() == base::Errc::config_failure));
      return error.what();
    }
    return "";
  }
  static mode_t mode_of(const fs::path& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 07777;
  }
  // Writes the file again and again, and a byte to the pipe each time.
  [[noreturn]] void write_without_end(int pipe) {
    Store store(file);
    store.read();
    for (int i = 1;; i = i % 999 + 1) {
      general.sessions.max = i + 1;
      store.write(picture());
      if (::write(pipe, "x", 1) != 1) ::_exit(1);
    }
  }
  // What is in the directory beside the file.
  std::size_t others() const {
    const auto entries = fs::directory_iterator(file.parent_path());
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries))) - 1;
  }

  fs::path directory;
  fs::path file;
  GeneralSettings general;
  AccountSettings bonjour = bonjour_defaults();
  std::vector<AccountSettings> accounts;
};

AccountSettings account(const std::string& id) {
  AccountSettings settings;
  settings.id = id;
  settings.password = "sec\"ret\\ Ü";
  return settings;
}

const std::string strange = R"(a = 1;
chat: { volume = 3; mood: { good = true; list = (1, 1.5, 30000000000L, ["x"], { }); }; };
sessions: { max = 0; linger = 7; };
bonjour: { later = "\"\\\n\x07"; audio: { codec_list = ["gsm"]; }; };
accounts: { list = ( { id = "b@c"; later: { a = 1e20; b = -0.25; }; enabled = 1; }, 3, { } ); };
)";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(store, Fixture)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again_and_nothing_else_is_written) {
  Store store(file);
  BOOST_TEST(store.read().problems.empty());
  general.sessions.max = 5;
  general.rtp.port_range = Ports{40000, 40100};
  general.chat.message_sent_sound = Sound{"/a,b.wav", 30};
  general.tls.verify_server = false;
  bonjour.enabled = false;
  bonjour.transports = std::vector{Transport::udp};
  accounts = {account("alice@example.com"), account("bob@example.com")};
  accounts[1].msrp.relay = *Relay::from_value(std::string("r.example.com;transport=tcp"));
  accounts[1].ice.stun_servers = *StunServers::from_value(std::vector<std::string>{"192.0.2.1:3478"});
  store.write(picture());
  const Loaded loaded = Store(file).read();
  for (const Problem& problem : loaded.problems) BOOST_ERROR(to_text(problem));
  BOOST_TEST((loaded.general == general));
  BOOST_TEST((loaded.bonjour == bonjour));
  BOOST_TEST((loaded.accounts == accounts));
  BOOST_TEST(!loaded.names_default_account);
  BOOST_TEST(text().find("linger") == std::string::npos);
  BOOST_TEST(text().find("display_name") == std::string::npos);
  BOOST_TEST(mode_of(file) == 0600u);
  BOOST_TEST(mode_of(file.parent_path()) == 0700u);
  BOOST_TEST(others() == 0u);
}

BOOST_AUTO_TEST_CASE(a_password_that_is_kept_elsewhere_leaves_word_of_it) {
  accounts = {account("a@b.c"), account("d@e.f")};
  Picture picture{general, bonjour, {{&accounts[0], false}, {&accounts[1]}}};
  Store(file).write(picture);
  BOOST_TEST(text().find("password_elsewhere = true;") != std::string::npos);
  const Loaded loaded = Store(file).read();
  BOOST_TEST(loaded.problems.empty());
  BOOST_TEST((loaded.passwords_elsewhere == std::set<std::string>{"a@b.c"}));
  BOOST_TEST(loaded.accounts.at(0).password->empty());
  BOOST_TEST(*loaded.accounts.at(1).password == *accounts[1].password);
}

BOOST_AUTO_TEST_CASE(the_default_account_is_named_beside_an_enabled_account) {
  Store store(file);
  accounts = {account("alice@example.com")};
  accounts[0].enabled = true;
  store.write(picture());
  BOOST_TEST(store.read().names_default_account);
  BOOST_TEST((store.read().general == general));
}

BOOST_AUTO_TEST_CASE(what_means_nothing_to_us_is_kept) {
  put(strange);
  Store store(file);
  const Loaded first = store.read();
  BOOST_TEST(first.problems.size() == 10u);
  general = first.general;
  accounts = first.accounts;
  store.write(picture());
  const Loaded second = store.read();
  BOOST_TEST(second.problems.size() == first.problems.size());
  BOOST_TEST((second.general == first.general));
  BOOST_TEST((second.accounts == first.accounts));
  const auto flat = [](const Strays& strays) {
    std::multiset<std::string> result;
    for (const auto& [owner, list] : strays)
      for (const Stray& stray : list) result.insert(owner + "/" + stray.group + stray.name + " = " + stray.text);
    return result;
  };
  BOOST_TEST(flat(second.strays) == flat(first.strays), boost::test_tools::per_element());
  // A value of ours takes the place of a wrong one, and an account its strays with it.
  general.sessions.max = 9;
  accounts.clear();
  store.forget("b@c");
  store.write(picture());
  const Loaded third = store.read();
  BOOST_TEST(*third.general.sessions.max == 9);
  BOOST_TEST(text().find("later: {") == std::string::npos);
  BOOST_TEST(text().find("mood") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_broken_file_is_kept_and_not_written_over_before_somebody_acts) {
  put("sessions: {\n max = ;");
  Store store(file);
  const Loaded loaded = store.read();
  BOOST_TEST(!loaded.usable);
  BOOST_TEST((loaded.general == general));
  BOOST_TEST(text(file.string() + ".broken") == text());
  BOOST_TEST(mode_of(file.string() + ".broken") == 0600u);
  BOOST_TEST(refusal(store) == file.string() +
                                   ":2: the file is not used: syntax error; nothing is written before it is in order "
                                   "and read again (reload), or moved away");
  BOOST_TEST(text() == "sessions: {\n max = ;");
  // Repaired and read again.
  put("sessions: { max = 3; };");
  BOOST_TEST(refusal(store).find("was changed by somebody else") != std::string::npos);
  BOOST_TEST(*store.read().general.sessions.max == 3);
  BOOST_TEST(refusal(store) == "");
  // Broken again, and moved away.
  put("}");
  store.read();
  BOOST_TEST(refusal(store) != "");
  fs::remove(file);
  BOOST_TEST(refusal(store) == "");
  BOOST_TEST(store.read().usable);
}

BOOST_AUTO_TEST_CASE(a_file_that_somebody_changed_is_not_written_over) {
  put("sessions: { max = 3; };");
  Store store(file);
  store.read();
  put("sessions: { max = 4; };\nsessions_of_mine = true;");
  BOOST_TEST(refusal(store).find("was changed by somebody else") != std::string::npos);
  BOOST_TEST(text().find("of_mine") != std::string::npos);
  store.read();
  BOOST_TEST(refusal(store) == "");
  BOOST_TEST(text().find("of_mine") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rights_of_others_are_taken_away_and_told) {
  put("sessions: { max = 3; };");
  ::chmod(file.c_str(), 0664);
  ::chmod(file.parent_path().c_str(), 0777);
  Store store(file);
  const Loaded loaded = store.read();
  BOOST_TEST(loaded.usable);
  BOOST_TEST(loaded.problems.size() == 2u);
  BOOST_TEST(mode_of(file) == 0600u);
  BOOST_TEST(mode_of(file.parent_path()) == 0755u);
}

BOOST_AUTO_TEST_CASE(a_file_of_another_user_is_not_used) {
  put("sessions: { max = 3; };");
  if (::chown(file.c_str(), 12345, 12345) != 0) return;  // only root can try this
  Store store(file);
  const Loaded loaded = store.read();
  BOOST_TEST(!loaded.usable);
  BOOST_TEST(*loaded.general.sessions.max == 64);
  BOOST_TEST(refusal(store).find("it belongs to another user") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_symbolic_link_names_is_read_and_replaced) {
  put("sessions: { max = 3; };", directory / "real.conf");
  fs::create_directories(file.parent_path());
  fs::create_symlink(directory / "real.conf", file);
  Store store(file);
  BOOST_TEST(*store.read().general.sessions.max == 3);
  general.sessions.max = 4;
  store.write(picture());
  BOOST_TEST(fs::is_symlink(file));
  BOOST_TEST(text(directory / "real.conf").find("max = 4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_not_a_readable_file_is_reported_and_left_alone) {
  fs::create_directories(file);
  Store store(file);
  const auto problems = store.read().problems;
  BOOST_TEST_REQUIRE(problems.size() == 1u);
  BOOST_TEST(problems.front().sentence == "the file is not used: it is not a regular file");
  BOOST_TEST(refusal(store) != "");
  BOOST_TEST(fs::is_directory(file));
}

BOOST_AUTO_TEST_CASE(a_file_is_read_up_to_its_limit) {
  put("sessions: { max = 3; };\n" + std::string(longest_file - 24, ' '));
  Store store(file);
  BOOST_TEST(*store.read().general.sessions.max == 3);
  std::ofstream(file, std::ios::app) << ' ';
  BOOST_TEST(!store.read().usable);
  BOOST_TEST(refusal(store) != "");
}

BOOST_AUTO_TEST_CASE(a_directory_that_cannot_be_made_is_a_failure) {
  put("", directory / "made");
  Store store(file);
  BOOST_TEST(refusal(store).find("cannot be written") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_full_leaves_the_file_as_it_was) {
  Store store(file);
  store.write(picture());
  const std::string before = text();
  for (int i = 0; i < 200; ++i) accounts.push_back(account("u" + std::to_string(i) + "@example.com"));
  // Nothing longer than this can be written by this process, as on a disk that is full.
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{4096, limit.rlim_max};
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string why = refusal(store);
  ::setrlimit(RLIMIT_FSIZE, &limit);
  ::signal(SIGXFSZ, handler);
  BOOST_TEST(why == file.string() + " cannot be written: File too large");
  BOOST_TEST(text() == before);
  BOOST_TEST(others() == 0u);
  BOOST_TEST(refusal(store) == "");
}

BOOST_AUTO_TEST_CASE(who_is_killed_while_writing_leaves_the_old_file_or_the_new_one) {
  Store first(file);
  for (int i = 0; i < 50; ++i) accounts.push_back(account("u" + std::to_string(i) + "@example.com"));
  first.write(picture());
  for (int round = 0; round < 200; ++round) {
    int pipe[2];
    BOOST_TEST_REQUIRE(::pipe(pipe) == 0);
    const pid_t child = ::fork();
    if (child == 0) write_without_end(pipe[1]);
    char written = 0;
    for (int i = 0; i < round % 3 + 1; ++i) BOOST_TEST_REQUIRE(::read(pipe[0], &written, 1) == 1);
    // The moment wanders through the next writing.
    const auto moment = std::chrono::steady_clock::now() + std::chrono::microseconds(round * 5);
    while (std::chrono::steady_clock::now() < moment) {
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
    BOOST_TEST_REQUIRE(WIFSIGNALED(status));
    const Loaded loaded = Store(file).read();
    BOOST_TEST_REQUIRE(loaded.problems.empty());
    BOOST_TEST_REQUIRE((loaded.accounts == accounts));
    BOOST_TEST_REQUIRE(*loaded.general.sessions.max > 1);
  }
}

BOOST_AUTO_TEST_CASE(a_file_cut_at_any_byte_is_used_whole_or_refused_and_kept) {
  accounts = {account("alice@example.com"), account("bob@example.com")};
  general.sessions.max = 5;
  const std::string whole = to_file(picture(), {});
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    put(whole.substr(0, length));
    Store store(file);
    const Loaded loaded = store.read();
    if (loaded.usable) continue;
    BOOST_TEST_REQUIRE(refusal(store) != "");
    BOOST_TEST_REQUIRE(text() == whole.substr(0, length));
    BOOST_TEST_REQUIRE((loaded.general == GeneralSettings()));
    BOOST_TEST_REQUIRE(loaded.accounts.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_file_without_one_of_its_lines_loses_no_other) {
  std::vector<std::string> lines;
  std::istringstream stream(strange + "rtp: {\n timeout = 5;\n};\n");
  for (std::string line; std::getline(stream, line);) lines.push_back(line + "\n");
  for (std::size_t left_out = 0; left_out < lines.size(); ++left_out) {
    std::string text_of_file;
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (i != left_out) text_of_file += lines[i];
    const Loaded loaded = read_text(text_of_file, "a.conf");
    if (!loaded.usable) continue;
    const Loaded again = read_text(to_file({loaded.general, loaded.bonjour, {}}, loaded.strays), "b.conf");
    BOOST_TEST((again.general == loaded.general));
    BOOST_TEST((again.bonjour == loaded.bonjour));
  }
}

BOOST_AUTO_TEST_CASE(an_array_of_very_many_elements_is_reported) {
  std::string text_of_file = "audio: { codec_list = [";
  for (int i = 0; i < 50000; ++i) text_of_file += i == 0 ? "1" : ",1";
  put(text_of_file + "]; };");
  const Loaded loaded = Store(file).read();
  BOOST_TEST(loaded.problems.size() == 1u);
  BOOST_TEST((loaded.general == GeneralSettings()));
}

BOOST_AUTO_TEST_SUITE_END()
