// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"

// Accounts and settings that last: what is saved is there after the next start, however the daemon ended.
BOOST_AUTO_TEST_SUITE(keeping)

using test::Client;
using test::Entry;
using test::Station;

namespace {

constexpr const char* manager = test::account_manager_path;
constexpr const char* general = test::settings_path;
constexpr const char* bonjour = "/org/sipsession1/account/bonjour_40local";
constexpr const char* alice = "/org/sipsession1/account/alice_40example_2ecom";
constexpr const char* carol = "/org/sipsession1/account/carol_40example_2ecom";

struct House : Station {
  using Station::Station;

  void create(const std::string& id) { client.call<sdbus::ObjectPath>(manager, "AccountManager", "CreateAccount", id); }
  template <typename Type>
  void set(const std::string& path, const std::string& name, const Type& value) {
    client.call(path, "SettingsObject", "SetSetting", name, sdbus::Variant(value));
  }
  void set(const std::string& path, const std::string& name, const char* text) { set(path, name, std::string(text)); }
  void save(const std::string& path) { client.call(path, "SettingsObject", "Save"); }
  template <typename Type>
  Type setting(const std::string& path, const std::string& name) {
    return client.call<sdbus::Variant>(path, "SettingsObject", "GetSetting", name).get<Type>();
  }
  std::string error_of_save(const std::string& path) {
    return Client::error_of([&] { save(path); });
  }
  std::vector<sdbus::ObjectPath> accounts() {
    return client.call<std::vector<sdbus::ObjectPath>>(manager, "AccountManager", "GetAccounts");
  }
  std::string default_account() { return client.get<sdbus::ObjectPath>(manager, "AccountManager", "DefaultAccount"); }

  // What came since the last look, without times: the signals and the replies of this connection, in order.
  std::vector<std::string> told() {
    recorder.settle();
    std::vector<std::string> lines;
    for (const Entry& entry : recorder.entries()) lines.push_back(place(entry.path) + entry.timeless());
    recorder.clear();
    return lines;
  }
  // Asks without waiting, so that the reply has its place among the signals.
  std::vector<std::string> told_by(const std::string& path, const std::string& interface, const std::string& method) {
    told();
    recorder.send(path, "org.sipsession1." + interface, method);
    recorder.wait([&](const Entry& entry) { return entry.member.ends_with(" " + method); }, "reply of " + method);
    return told();
  }

  std::string file() const {
    std::ifstream stream(daemon.config_file());
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void put_file(const std::string& text) const {
    std::ofstream(daemon.config_file()) << text;
    ::chmod(daemon.config_file().c_str(), S_IRUSR | S_IWUSR);
  }
  void stop_and_start() {
    BOOST_REQUIRE_EQUAL(daemon.stop(), 0);
    daemon.start_again();
  }

 private:
  static std::string place(const std::string& path) { return path.substr(path.rfind('/') + 1) + " "; }
};

using Lines = std::vector<std::string>;

std::string whole(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_account_is_there_again_with_its_settings_after_a_restart) {
  House bob;
  bob.create("alice@example.com");
  bob.set(alice, "display_name", "Alice");
  bob.set(alice, "password", "open sesame");
  bob.set(alice, "registration.enabled", false);
  bob.set(alice, "enabled", true);
  bob.save(alice);
  bob.create("carol@example.com");
  bob.save(carol);
  bob.create("never@example.com");
  bob.set(general, "sessions.max", std::int32_t{7});
  bob.save(general);
  bob.set(general, "sessions.max", std::int32_t{8});
  bob.stop_and_start();
  BOOST_CHECK(bob.accounts() == (std::vector<sdbus::ObjectPath>{bonjour, alice, carol}));
  BOOST_CHECK_EQUAL(bob.setting<std::string>(alice, "display_name"), "Alice");
  BOOST_CHECK(bob.client.get<bool>(alice, "Account", "Active"));
  BOOST_CHECK(bob.client.get<bool>(alice, "Account", "HasPassword"));
  BOOST_CHECK(!bob.client.get<bool>(carol, "Account", "HasPassword"));
  BOOST_CHECK(!bob.setting<bool>(carol, "enabled"));
  BOOST_CHECK_EQUAL(bob.setting<std::int32_t>(general, "sessions.max"), 7);
  struct stat status {};
  BOOST_REQUIRE_EQUAL(::stat(bob.daemon.config_file().c_str(), &status), 0);
  BOOST_CHECK_EQUAL(status.st_mode & 07777, 0600);
}

BOOST_AUTO_TEST_CASE(saving_is_answered_told_and_then_acts) {
  House bob;
  bob.create("alice@example.com");
  BOOST_CHECK_EQUAL(whole(bob.told_by(alice, "SettingsObject", "Save")), whole({"alice_40example_2ecom reply Save()"}));
  BOOST_CHECK_EQUAL(whole(bob.told_by(alice, "SettingsObject", "Save")), whole({"alice_40example_2ecom reply Save()"}));
  bob.set(alice, "registration.enabled", false);
  bob.set(alice, "enabled", true);
  bob.set(alice, "password", "open sesame");
  const Lines told = bob.told_by(alice, "SettingsObject", "Save");
  const auto place = [&](const std::string& start) {
    return std::find_if(told.begin(), told.end(), [&](const auto& line) { return line.starts_with(start); }) -
           told.begin();
  };
  BOOST_CHECK_EQUAL(place("alice_40example_2ecom reply Save"), 0);
  BOOST_CHECK_EQUAL(
      told.at(1), "alice_40example_2ecom PropertiesChanged(\"org.sipsession1.Account\", {\"HasPassword\": true}, [])");
  BOOST_CHECK_EQUAL(
      told.at(2),
      "alice_40example_2ecom CFGSettingsObjectDidChange({\"enabled\": (false, true), \"password\": (\"\", "
      "\"\"), \"registration.enabled\": (true, false)})");
  BOOST_CHECK_LT(place("alice_40example_2ecom CFGSettingsObjectDidChange"),
                 place("alice_40example_2ecom SIPAccountDidActivate"));
  BOOST_CHECK_LT(place("alice_40example_2ecom SIPAccountDidActivate"),
                 place("Settings CFGSettingsObjectDidChange({\"default_account\": (\"bonjour@local\", "
                       "\"alice@example.com\")})"));
  BOOST_CHECK_LT(place("Settings CFGSettingsObjectDidChange"), place("AccountManager SIPAccountManagerDidChange"));
  BOOST_CHECK_EQUAL(told.size(), place("AccountManager SIPAccountManagerDidChange") + 1);
  BOOST_CHECK(whole(told).find("sesame") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_password_goes_in_and_never_comes_out) {
  House bob;
  bob.create("alice@example.com");
  bob.set(alice, "password", "open sesame");
  BOOST_CHECK_EQUAL(bob.setting<std::string>(alice, "password"), "");
  BOOST_CHECK(!bob.client.get<bool>(alice, "Account", "HasPassword"));
  bob.save(alice);
  BOOST_CHECK_EQUAL(bob.setting<std::string>(alice, "password"), "");
  BOOST_CHECK(!bob.client.call<test::Dictionary>(alice, "SettingsObject", "GetSettings").contains("password"));
  BOOST_CHECK(bob.file().find("password = \"open sesame\"") != std::string::npos);
  BOOST_CHECK(whole(bob.told()).find("sesame") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(saving_one_object_leaves_what_others_have_unsaved) {
  House bob;
  for (const char* id : {"alice@example.com", "carol@example.com"}) bob.create(id);
  bob.save(alice);
  bob.set(alice, "display_name", "Unsaved");
  bob.set(general, "sessions.max", std::int32_t{9});
  bob.set(carol, "display_name", "Carol");
  bob.save(carol);
  BOOST_CHECK(bob.file().find("Carol") != std::string::npos);
  BOOST_CHECK(bob.file().find("Unsaved") == std::string::npos);
  BOOST_CHECK(bob.file().find("max") == std::string::npos);
  bob.save(alice);
  BOOST_CHECK(bob.file().find("Unsaved") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_default_account_follows_what_is_enabled_and_is_kept) {
  House bob;
  for (const char* path : {alice, carol}) {
    bob.create(path == alice ? "alice@example.com" : "carol@example.com");
    bob.set(path, "registration.enabled", false);
    bob.set(path, "enabled", true);
    bob.save(path);
  }
  BOOST_CHECK_EQUAL(bob.default_account(), alice);
  bob.client.set(manager, "AccountManager", "DefaultAccount", sdbus::ObjectPath(carol));
  BOOST_CHECK_EQUAL(bob.setting<std::string>(general, "default_account"), "carol@example.com");
  bob.stop_and_start();
  BOOST_CHECK_EQUAL(bob.default_account(), carol);
  bob.set(carol, "enabled", false);
  bob.save(carol);
  BOOST_CHECK_EQUAL(bob.default_account(), alice);
  bob.set(general, "default_account", "carol@example.com");
  BOOST_CHECK_EQUAL(bob.error_of_save(general), "InvalidArgument");
  bob.set(general, "default_account", "bonjour@local");
  bob.save(general);
  BOOST_CHECK_EQUAL(bob.default_account(), bonjour);
  bob.stop_and_start();
  BOOST_CHECK_EQUAL(bob.default_account(), bonjour);
  bob.client.set(manager, "AccountManager", "DefaultAccount", sdbus::ObjectPath("/"));
  bob.stop_and_start();
  BOOST_CHECK_EQUAL(bob.default_account(), "/");
  BOOST_CHECK_EQUAL(bob.setting<std::string>(general, "default_account"), "");
}

BOOST_AUTO_TEST_CASE(a_deleted_account_ends_its_calls_and_goes_for_good) {
  House bob;
  bob.create("alice@example.com");
  bob.set(alice, "contact_user", "alice");
  bob.set(alice, "registration.enabled", false);
  bob.set(alice, "enabled", true);
  bob.save(alice);
  test::SipPeer peer;
  test::PeerCall call(peer, "sip:alice@127.0.0.1:" + std::to_string(bob.port()), bob.port());
  const auto invite = call.invite(test::Sdp{}.text());
  const std::string session = bob.called();
  bob.accept(session);
  peer.expect(180);
  call.learn(peer.expect(200, "INVITE"));
  call.acknowledge(invite);
  bob.wait(session, "DidStart");
  bob.told();
  bob.recorder.send(alice, "org.sipsession1.SettingsObject", "Delete");
  bob.recorder.wait(alice, "reply Delete");
  BOOST_CHECK_EQUAL(Client::error_of([&] { bob.client.create_session(sdbus::ObjectPath(alice)); }), "AccountDisabled");
  call.reply(peer.expect("BYE"), 200, "OK");
  bob.recorder.wait([](const Entry& entry) { return entry.member == "InterfacesRemoved"; }, "InterfacesRemoved");
  Lines told;
  for (const std::string& line : bob.told())
    for (const char* wanted : {"reply", "error", "DidEnd", "Deactivate", "DidRemove", "DidChangeDefault", "Interfaces"})
      if (line.find(wanted) != std::string::npos) told.push_back(line.substr(0, line.find('(')));
  BOOST_CHECK_EQUAL(
      whole(told),
      whole({"alice_40example_2ecom reply Delete", "AccountManager SIPAccountManagerDidChangeDefaultAccount",
             "1 SIPSessionDidEnd", "alice_40example_2ecom SIPAccountDidDeactivate",
             "AccountManager SIPAccountManagerDidRemoveAccount", "sipsession1 InterfacesRemoved"}));
  BOOST_CHECK_EQUAL(bob.client.get<sdbus::ObjectPath>(session, "Session", "Account"), alice);
  BOOST_CHECK_EQUAL(bob.default_account(), bonjour);
  BOOST_CHECK(bob.file().find("alice") == std::string::npos);
  BOOST_CHECK(bob.accounts() == std::vector<sdbus::ObjectPath>{bonjour});
  bob.create("alice@example.com");
  bob.client.call(alice, "SettingsObject", "Delete");
  BOOST_CHECK_EQUAL(Client::error_of([&] { bob.client.call(bonjour, "SettingsObject", "Delete"); }), "InvalidArgument");
}

BOOST_AUTO_TEST_CASE(a_file_edited_by_hand_is_read_when_told_so) {
  House bob;
  bob.create("alice@example.com");
  bob.set(alice, "registration.enabled", false);
  bob.set(alice, "enabled", true);
  bob.save(alice);
  bob.create("unsaved@example.com");
  bob.set(general, "sessions.linger", std::int32_t{5});
  bob.told();
  const std::string before = bob.file();
  bob.put_file("sessions: { max = 2; linger = 9; };\nlater = 1;\n" + before + "\n");
  BOOST_CHECK_EQUAL(bob.error_of_save(general), "ConfigFailure");
  bob.daemon.process().signal(SIGHUP);
  bob.recorder.wait(general, "CFGSettingsObjectDidChange");
  BOOST_CHECK_EQUAL(whole(bob.told()),
                    whole({"Settings CFGSettingsObjectDidChange({\"sessions.linger\": (60, 9), \"sessions.max\": (64, "
                           "2)})"}));
  // What was set and not saved stays set.
  BOOST_CHECK_EQUAL(bob.setting<std::int32_t>(general, "sessions.linger"), 5);
  bob.save(general);
  BOOST_CHECK(bob.file().find("later = 1;") != std::string::npos);
  // Another account in the place of the first.
  bob.put_file(
      "accounts: { list = ( { id = \"carol@example.com\"; enabled = true; registration: { enabled = false; }; } "
      "); };");
  bob.told();
  bob.daemon.process().signal(SIGHUP);
  bob.recorder.wait([](const Entry& entry) { return entry.member == "InterfacesRemoved"; }, "InterfacesRemoved");
  const std::string told = whole(bob.told());
  for (const char* line :
       {"carol_40example_2ecom SIPAccountDidActivate()\n", "alice_40example_2ecom SIPAccountDidDeactivate()\n"})
    BOOST_CHECK(told.find(line) != std::string::npos);
  BOOST_CHECK_EQUAL(bob.default_account(), carol);
  BOOST_CHECK_EQUAL(bob.accounts().size(), 3);  // also the one that was never saved
}

BOOST_AUTO_TEST_CASE(a_broken_file_stops_nothing_and_is_not_written_over) {
  House bob;
  const std::string broken = "sessions: { max = 3;";
  bob.put_file(broken);
  bob.stop_and_start();
  BOOST_CHECK_EQUAL(bob.setting<std::int32_t>(general, "sessions.max"), 64);
  bob.set(general, "sessions.max", std::int32_t{9});
  BOOST_CHECK_EQUAL(bob.error_of_save(general), "ConfigFailure");
  bob.create("alice@example.com");
  BOOST_CHECK_EQUAL(bob.error_of_save(alice), "ConfigFailure");
  BOOST_CHECK_EQUAL(bob.file(), broken);
  BOOST_CHECK(std::filesystem::exists(bob.daemon.config_file().string() + ".broken"));
  std::filesystem::remove(bob.daemon.config_file());
  bob.save(general);
  BOOST_CHECK(bob.file().find("max = 9;") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_full_or_gone_is_a_failure_that_changes_nothing) {
  House bob;
  bob.create("alice@example.com");
  bob.save(alice);
  const std::string before = bob.file();
  bob.set(alice, "enabled", true);
  bob.told();
  const rlimit nothing{16, RLIM_INFINITY};
  BOOST_REQUIRE_EQUAL(::prlimit(bob.daemon.process().number(), RLIMIT_FSIZE, &nothing, nullptr), 0);
  BOOST_CHECK_EQUAL(bob.error_of_save(alice), "ConfigFailure");
  BOOST_CHECK_EQUAL(
      Client::error_of([&] { bob.client.set(manager, "AccountManager", "DefaultAccount", sdbus::ObjectPath("/")); }),
      "ConfigFailure");
  BOOST_CHECK_EQUAL(Client::error_of([&] { bob.client.call(alice, "SettingsObject", "Delete"); }), "ConfigFailure");
  BOOST_CHECK_EQUAL(bob.file(), before);
  BOOST_CHECK_EQUAL(whole(bob.told()), "");
  BOOST_CHECK(bob.setting<bool>(alice, "enabled"));
  BOOST_CHECK(!bob.client.get<bool>(alice, "Account", "Active"));
  const rlimit everything{RLIM_INFINITY, RLIM_INFINITY};
  ::prlimit(bob.daemon.process().number(), RLIMIT_FSIZE, &everything, nullptr);
  bob.save(alice);
  BOOST_CHECK(bob.client.get<bool>(alice, "Account", "Active"));
}

BOOST_AUTO_TEST_CASE(a_daemon_killed_while_it_saves_has_all_its_accounts_again) {
  House bob;
  bob.create("alice@example.com");
  bob.save(alice);
  for (int round = 1; round <= 20; ++round) {
    const std::string last = "u" + std::to_string(round) + "@example.com";
    bob.create(last);
    bob.save("/org/sipsession1/account/u" + std::to_string(round) + "_40example_2ecom");
    for (int i = 0; i < 5; ++i) {
      bob.set(general, "sessions.max", std::int32_t{round * 10 + i});
      bob.recorder.send(general, "org.sipsession1.SettingsObject", "Save");
    }
    bob.recorder.wait(general, "reply Save");
    bob.daemon.start_again();
    BOOST_REQUIRE_EQUAL(bob.accounts().size(), 2 + round);
    const auto max = bob.setting<std::int32_t>(general, "sessions.max");
    BOOST_REQUIRE_GE(max, round * 10);
    BOOST_REQUIRE_LT(max, round * 10 + 5);
    bob.recorder.clear();
  }
}

BOOST_AUTO_TEST_SUITE_END()
