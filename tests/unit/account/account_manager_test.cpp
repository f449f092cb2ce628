// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/account/account_manager.h"

#include <set>

#include <boost/test/unit_test.hpp>

#include "base/error.h"

using namespace account;
using base::Errc;

namespace {

struct Accounts : AccountManagerListener {
  Accounts() : manager(config::bonjour_defaults(), reach) { manager.set_listener(*this); }

  void on_account_event(const AccountEvent& event) override {
    if (const auto* e = std::get_if<DidAddAccount>(&event)) say("add " + e->account.id());
    if (const auto* e = std::get_if<DidActivate>(&event)) say("activate " + e->account.id());
    if (const auto* e = std::get_if<DidDeactivate>(&event)) say("deactivate " + e->account.id());
    if (const auto* e = std::get_if<DidChangeDefaultAccount>(&event))
      say("default " + (e->old_account ? e->old_account->id() : "-") + " " + (e->account ? e->account->id() : "-"));
  }
  void say(const std::string& text) { events += (events.empty() ? "" : ", ") + text; }
  std::string told() { return std::exchange(events, {}); }

  Account& enabled(const std::string& id) {
    Account& account = manager.create_account(id);
    account.settings().set("enabled", true);
    account.settings().commit();
    return account;
  }

  template <typename Call>
  std::optional<Errc> refusal(Call call) {
    try {
      call();
    } catch (const base::Error& error) {
      return error.code();
    }
    return {};
  }

  Reach reach{[this](const std::string& user, const std::string& transport) {
                return transport == "udp" && listening ? "sip:" + user + "@192.0.2.1" : "";
              },
              [] { return std::string("192.0.2.1"); }};
  bool listening = true;
  AccountManager manager;
  std::string events;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(account_manager, Accounts)

BOOST_AUTO_TEST_CASE(before_start_nothing_is_answered) {
  BOOST_TEST((refusal([&] { manager.has_account(bonjour_id); }) == Errc::invalid_state));
  BOOST_TEST((refusal([&] { manager.get_account(bonjour_id); }) == Errc::invalid_state));
  BOOST_TEST((refusal([&] { manager.accounts(); }) == Errc::invalid_state));
  BOOST_TEST((refusal([&] { manager.find_account("sip:a@h"); }) == Errc::invalid_state));
  BOOST_TEST((refusal([&] { manager.create_account("a@h.example"); }) == Errc::invalid_state));
  BOOST_TEST((refusal([&] { manager.set_default_account(nullptr); }) == Errc::invalid_state));
  BOOST_TEST(!manager.find_account("a", "h"));
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(start_and_stop_are_told_in_order_and_once) {
  manager.start();
  manager.start();
  BOOST_TEST(told() == "add bonjour@local");
  manager.set_engine_running(true);
  manager.set_engine_running(true);
  BOOST_TEST(told() == "activate bonjour@local");
  BOOST_TEST(manager.default_account()->active());
  manager.set_engine_running(false);
  BOOST_TEST(told() == "deactivate bonjour@local");
  manager.set_engine_running(true);
  manager.stop();
  manager.stop();
  BOOST_TEST(told() == "activate bonjour@local, deactivate bonjour@local");
  manager.start();
  BOOST_TEST(told() == "add bonjour@local, activate bonjour@local");
}

BOOST_AUTO_TEST_CASE(accounts_are_created_once_and_stay_in_order) {
  manager.start();
  Account& first = manager.create_account("Alice@Example.COM");
  manager.create_account("bob@example.com");
  BOOST_TEST(told() == "add bonjour@local, add Alice@example.com, add bob@example.com");
  BOOST_TEST((&manager.get_account("Alice@example.com") == &first));
  BOOST_TEST(manager.accounts().size() == 3u);
  BOOST_TEST((manager.accounts()[1] == &first));
  BOOST_TEST((refusal([&] { manager.create_account("Alice@EXAMPLE.com"); }) == Errc::account_exists));
  BOOST_TEST((refusal([&] { manager.create_account(bonjour_id); }) == Errc::account_exists));
  BOOST_TEST((refusal([&] { manager.get_account("carol@example.com"); }) == Errc::no_such_account));
  for (const char* id : {"", "alice", "@h", "alice@", "al ice@h", "alice@h\n", "sip:alice@h h"})
    BOOST_TEST((refusal([&] { manager.create_account(id); }) == Errc::invalid_argument), id);
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(a_thousand_accounts_can_be_created) {
  manager.start();
  for (int i = 0; i < 1000; ++i) manager.create_account("u" + std::to_string(i) + "@example.com");
  BOOST_TEST((refusal([&] { manager.create_account("one@more.example"); }) == Errc::limit_reached));
}

BOOST_AUTO_TEST_CASE(an_account_is_found_by_contact_then_by_id_then_by_user) {
  manager.start();
  Account& other = enabled("alice@other.example");
  Account& alice = enabled("alice@example.com");
  Account& disabled = manager.create_account("carol@example.com");
  BOOST_TEST((manager.find_account("sip:" + alice.contact_user() + "@anything") == &alice));
  BOOST_TEST((manager.find_account("sip:alice@EXAMPLE.com;transport=tcp") == &alice));
  BOOST_TEST((manager.find_account("sip:alice@unknown.example") == &other));
  BOOST_TEST((manager.find_account("sip:%61lice@example.com") == &alice));
  BOOST_TEST(!manager.find_account("sip:Alice@example.com"));
  BOOST_TEST(!manager.find_account("sip:carol@example.com"));
  BOOST_TEST(!manager.find_account("sip:" + disabled.contact_user() + "@h"));
  BOOST_TEST(!manager.find_account("sip:example.com"));
  // Not by the user part of an id that nobody chose.
  BOOST_TEST(!manager.find_account("sip:bonjour@h"));
  BOOST_TEST((refusal([&] { manager.find_account("alice"); }) == Errc::invalid_uri));
  // A contact comes before any id.
  other.settings().set("contact_user", std::string("alice"));
  other.settings().commit();
  BOOST_TEST((manager.find_account("sip:alice@example.com") == &other));
}

BOOST_AUTO_TEST_CASE(an_account_on_an_ipv6_address_is_found) {
  manager.start();
  enabled("alice@example.com");
  Account& alice = enabled("alice@[2001:db8::1]");
  BOOST_TEST((manager.find_account("sip:alice@[2001:db8::1]") == &alice));
  BOOST_TEST((manager.find_account("alice", "[2001:db8::1]") == &alice));
}

BOOST_AUTO_TEST_CASE(the_default_account) {
  manager.start();
  Account& bonjour = manager.get_account(bonjour_id);
  BOOST_TEST((manager.default_account() == &bonjour));
  Account& alice = enabled("alice@example.com");
  Account& disabled = manager.create_account("carol@example.com");
  told();
  manager.set_default_account(&alice);
  manager.set_default_account(&alice);
  BOOST_TEST(told() == "default bonjour@local alice@example.com");
  BOOST_TEST((refusal([&] { manager.set_default_account(&disabled); }) == Errc::account_disabled));
  BOOST_TEST((manager.default_account() == &alice));
  manager.set_default_account(nullptr);
  manager.set_default_account(&bonjour);
  BOOST_TEST(told() == "default alice@example.com -, default - bonjour@local");
}

BOOST_AUTO_TEST_CASE(what_an_account_says_of_itself) {
  manager.start();
  Account& alice = enabled("alice@example.com");
  BOOST_TEST(alice.username() == "alice");
  BOOST_TEST(alice.domain() == "example.com");
  BOOST_TEST(alice.uri() == "sip:alice@example.com");
  const std::string user = alice.contact_user();
  BOOST_TEST((std::set<char>(user.begin(), user.end()).size()) == 8u);
  BOOST_TEST(user.size() == 8u);
  BOOST_TEST(user != manager.get_account(bonjour_id).contact_user());
  BOOST_TEST(alice.contact() == user + "@192.0.2.1");
  BOOST_TEST((alice.contact_uris() == std::map<std::string, std::string>{{"udp", "sip:" + user + "@192.0.2.1"}}));
  listening = false;
  BOOST_TEST(alice.contact_uris().empty());
  alice.settings().set("display_name", std::string("A \"B\""));
  BOOST_TEST(alice.credentials() == "<sip:alice@example.com>");
  alice.settings().commit();
  BOOST_TEST(alice.credentials() == "\"A \\\"B\\\"\" <sip:alice@example.com>");
  BOOST_TEST(manager.get_account(bonjour_id).uri() ==
             "sip:" + manager.get_account(bonjour_id).contact_user() + "@192.0.2.1");
}

BOOST_AUTO_TEST_SUITE_END()
