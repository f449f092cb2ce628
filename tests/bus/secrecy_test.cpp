// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "tests/bus/chat_stories.h"
#include "tests/support/accounts.h"
#include "tests/support/kamailio.h"
#include "tests/support/md5.h"
#include "tests/support/notify_socket.h"
#include "tests/support/sipp.h"

// A password goes in and never comes out, and what is written is for the user alone.
BOOST_AUTO_TEST_SUITE(secrecy)

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::Client;
using test::OutputFile;
using test::Station;

namespace {

using Names = std::vector<std::string>;

std::string base64(const std::string& text) {
  constexpr const char* digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  for (std::size_t i = 0; i < text.size() / 3 * 3; i += 3) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(text[i + at])); };
    const unsigned bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (const unsigned shift : {18u, 12u, 6u, 0u}) result += digits[bits >> shift & 63];
  }
  return result;
}

std::string hex(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const unsigned byte = static_cast<unsigned char>(c);
    for (const unsigned digit : {byte >> 4u, byte & 15u}) result += "0123456789abcdef"[digit];
  }
  return result;
}

std::string to_lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// The password of a user, whatever it is written as, and what is as good as it: the hash that digests are made of.
class Canary {
 public:
  explicit Canary(const std::string& user) {
    const std::string password = test::password_of(user);
    forms_ = {password, hex(password), test::md5(user + ":example.test:" + password)};
    for (std::size_t start = 0; start < 3; ++start) forms_.push_back(to_lower(base64(password.substr(start))));
  }
  bool is_in(const std::string& text) const {
    const std::string lower = to_lower(text);
    return std::any_of(forms_.begin(), forms_.end(),
                       [&](const std::string& form) { return lower.find(form) != lower.npos; });
  }

 private:
  Names forms_;
};

// Every file below the directory that has it.
Names files_with(const Canary& canary, const fs::path& directory) {
  Names found;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.is_regular_file() && canary.is_in(test::read_file(entry.path()))) found.push_back(entry.path());
  return found;
}

// What anybody can ask on the bus is asked; the answers are seen by who watches the bus.
void ask_everything(Station& station) {
  for (const auto& [path, interfaces] : station.client.managed_objects()) {
    const auto proxy = sdbus::createProxy(station.recorder.connection(), "org.sipsession1", path);
    std::string xml;
    proxy->callMethod("Introspect").onInterface("org.freedesktop.DBus.Introspectable").storeResultsTo(xml);
    for (const auto& [interface, properties] : interfaces) {
      proxy->callMethod("GetAll").onInterface("org.freedesktop.DBus.Properties").withArguments(interface);
      if (interface != "org.sipsession1.SettingsObject") continue;
      for (const char* method : {"GetSettings", "DescribeSettings"}) station.recorder.send(path, interface, method);
      for (const char* name : {"password", "auth_username"})
        station.recorder.send(path, interface, "GetSetting", std::string(name));
    }
  }
  station.recorder.settle();
}

std::string output_of(Station& station, Names words) {
  const OutputFile output;
  words.insert(words.begin(), {std::getenv("SIPCTL"), "--bus-address", station.bus.address()});
  test::Process process(std::move(words), {}, output.descriptor(), output.descriptor());
  BOOST_CHECK_EQUAL(process.wait(test::patience).value_or(-1), 0);
  return output.text();
}

// A daemon that says all that it can say, with somebody who sees all that it sends on the bus.
struct Watched {
  explicit Watched(const std::string& name)
      : user(name),
        station({.user = name,
                 .audio = "codec_list = [\"PCMU\"];",
                 .more = test::plain_chat + "chat: { history = true; };\naccounts: { password_store = \"file\"; };\n"
                                            "logging: { trace_sip = true; trace_msrp = true; };\n",
                 .environment = {{"SOFIA_DEBUG", "9"}, {"TPORT_LOG", "1"}, {"TMPDIR", scratch.path()}},
                 .options = {"--log-level", "debug"},
                 .errors = log.descriptor()}) {
    station.until([&] { return !bus.text().empty(); }, "the bus is watched");
  }

  const std::string user;
  const test::TemporaryDirectory scratch;
  const OutputFile log;
  Station station;
  const OutputFile bus;
  const test::Process monitor{
      {"dbus-monitor", "--address", station.bus.address(), "sender='org.sipsession1'"}, {}, bus.descriptor()};
};

// For us alone, and nothing but files and directories.
void check_modes(const fs::path& directory) {
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    struct stat status {};
    BOOST_REQUIRE_EQUAL(::lstat(entry.path().c_str(), &status), 0);
    const mode_t wanted = S_ISDIR(status.st_mode) ? 0700 : 0600;
    BOOST_CHECK_MESSAGE((S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) && (status.st_mode & 07777) == wanted &&
                            status.st_uid == ::geteuid(),
                        entry.path() << " has mode " << std::oct << status.st_mode);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_password_is_nowhere_but_in_the_settings_file) {
  test::Kamailio kamailio;
  Watched alice("alice");
  Watched bob("bob");
  std::map<std::string, std::string> paths;
  for (Watched* one : {&alice, &bob}) {
    paths[one->user] = test::add_account(
        one->station, one->user + "@example.test",
        {{"enabled", true}, {"password", test::password_of(one->user)}, {"outbound_proxy", kamailio.host()}});
    test::registration_signal(one->station, paths[one->user], "DidSucceed");
  }
  // A call and a chat, challenged from the first request to the last, recorded and kept.
  const auto outgoing = alice.station.client.call_out("sip:bob@example.test", {"audio", "chat"});
  const auto incoming = bob.station.called();
  bob.station.act(incoming, "Accept", Names{"audio", "chat"});
  alice.station.wait(outgoing, "DidStart");
  bob.station.wait(incoming, "DidStart");
  alice.station.act(outgoing, "StartRecordingAudio", std::string("call.wav"));
  const std::string message = test::send_message(alice.station, outgoing, "hello");
  BOOST_CHECK_EQUAL(test::verdict(alice.station, outgoing, message), "DidDeliverMessage 200 OK");
  alice.station.end(outgoing);
  bob.station.wait(incoming, "DidEnd remote");
  alice.station.wait(outgoing, "DidEnd local");
  // What is refused is quoted, but not this.
  const std::string& account = paths["alice"];
  const auto refused = [&](const sdbus::Variant& value) {
    return Client::error_of(
        [&] { alice.station.client.call(account, "SettingsObject", "SetSetting", std::string("password"), value); });
  };
  const std::string password = test::password_of("alice");
  BOOST_CHECK_EQUAL(refused(sdbus::Variant(Names{password})), "InvalidArgument");
  BOOST_CHECK_EQUAL(refused(sdbus::Variant(password + "\n")), "InvalidArgument");
  alice.station.daemon.process().signal(SIGHUP);
  std::string shown;
  for (const Names& words :
       {Names{"account", "list"}, Names{"--json", "account", "list"}, Names{"account", "show", "alice@example.test"},
        Names{"--json", "account", "show", "alice@example.test"}, Names{"settings", "list"}, Names{"engine"}})
    shown += output_of(alice.station, words);
  for (Watched* one : {&alice, &bob}) {
    ask_everything(one->station);
    const Canary canary(one->user);
    const std::string process = "/proc/" + std::to_string(one->station.daemon.process().number());
    const std::string log = one->log.text();
    const std::string bus = one->bus.text();
    // There is something to be found in each of them.
    const std::string trace = test::read_file(one->station.daemon.data_directory() / "logs" / "sip_trace.txt");
    BOOST_CHECK(log.find("nta") != log.npos && trace.find("\nAuthorization: (not shown)\n") != trace.npos);
    // What a password makes of a challenge can be guessed at.
    BOOST_CHECK(log.find("response=\"") == log.npos && trace.find("response=\"") == trace.npos);
    BOOST_CHECK(bus.find("CFGSettingsObjectDidChange") != bus.npos && bus.find("\"auth_username\"") != bus.npos);
    BOOST_CHECK(test::read_file(process + "/cmdline").find("--log-level") != std::string::npos);
    for (const auto& [place, text] :
         std::map<std::string, std::string>{{"log", log},
                                            {"bus", bus},
                                            {"cmdline", test::read_file(process + "/cmdline")},
                                            {"environ", test::read_file(process + "/environ")},
                                            {"sipctl", shown}})
      BOOST_CHECK_MESSAGE(!canary.is_in(text), "the password of " << one->user << " is in the " << place);
    const fs::path settings = one->station.daemon.config_file();
    BOOST_CHECK(files_with(canary, settings.parent_path()) == Names{settings});
    BOOST_CHECK(files_with(canary, one->scratch.path()).empty());
    check_modes(settings.parent_path());
  }
}

BOOST_AUTO_TEST_CASE(what_it_writes_is_for_the_user_alone) {
  // Whoever starts it may care less.
  const mode_t before = ::umask(0);
  Station bob({.more = test::plain_chat + "chat: { history = true; };\n"});
  ::umask(before);
  test::add_account(bob, "bob@example.test", {{"enabled", true}, {"password", std::string("open sesame")}});
  test::IncomingChat chat(bob, {}, {}, test::Sdp{}.text());
  chat.connect();
  bob.act(chat.session, "StartRecordingAudio", std::string("call.wav"));
  bob.recorder.wait([](const auto& entry) { return entry.member == "SIPSessionDidStartRecordingAudio"; }, "it records");
  test::send_message(bob, chat.session, "hello");
  const fs::path home = bob.daemon.config_file().parent_path();
  const auto written = [&](const std::string& ending) {
    const auto all = fs::recursive_directory_iterator(home);
    return std::any_of(fs::begin(all), fs::end(all),
                       [&](const auto& entry) { return entry.path().string().ends_with(ending); });
  };
  for (const char* ending : {"sipsessiond.conf", "certificate.pem", ".wav", ".jsonl"})
    bob.until([&] { return written(ending); }, std::string("there is a ") + ending);
  check_modes(home);
}

BOOST_AUTO_TEST_CASE(it_leaves_no_core) {
  const auto dumps = [](test::Process& process) {
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    BOOST_REQUIRE_EQUAL(::prlimit(process.number(), RLIMIT_CORE, &all, nullptr), 0);
    process.signal(SIGQUIT);
    BOOST_CHECK_EQUAL(process.wait(test::patience).value_or(-1), 128 + SIGQUIT);
    return process.dumped_core();
  };
  const test::TemporaryDirectory directory;
  test::Process other({"env", "--chdir=" + directory.path().string(), "sleep", "60"});
  if (!dumps(other)) return;  // nobody leaves one here
  Station bob;
  BOOST_CHECK(!dumps(bob.daemon.process()));
}

BOOST_AUTO_TEST_SUITE_END()
