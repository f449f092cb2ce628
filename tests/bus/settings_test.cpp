// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "tests/bus/stories.h"

// What comes with a registrar is in registration_test.cpp.
BOOST_AUTO_TEST_SUITE(settings)

using test::Client;
using test::Station;

namespace {

constexpr const char* manager = test::account_manager_path;
constexpr const char* bonjour = "/org/sipsession1/account/bonjour_40local";
using Paths = std::vector<sdbus::ObjectPath>;

template <typename Result = void, typename... Arguments>
Result ask(Station& station, const std::string& method, const Arguments&... arguments) {
  return station.client.call<Result>(manager, "AccountManager", method, arguments...);
}

}  // namespace

BOOST_AUTO_TEST_CASE(accounts_are_made_found_and_counted) {
  Station bob;
  BOOST_CHECK(ask<bool>(bob, "HasAccount", std::string("bonjour@local")));
  BOOST_CHECK_EQUAL(ask<sdbus::ObjectPath>(bob, "GetAccount", std::string("bonjour@local")), bonjour);
  BOOST_CHECK_EQUAL(Client::error_of([&] { ask<sdbus::ObjectPath>(bob, "GetAccount", std::string("a@b.c")); }),
                    "NoSuchAccount");
  const auto alice = ask<sdbus::ObjectPath>(bob, "CreateAccount", std::string("alice@example.com"));
  BOOST_CHECK_EQUAL(alice, "/org/sipsession1/account/alice_40example_2ecom");
  bob.recorder.wait(
      [&](const test::Entry& entry) {
        return entry.member == "SIPAccountManagerDidAddAccount" && entry.arguments.at(1).text == alice;
      },
      "SIPAccountManagerDidAddAccount");
  BOOST_CHECK_EQUAL(
      Client::error_of([&] { ask<sdbus::ObjectPath>(bob, "CreateAccount", std::string("alice@example.com")); }),
      "AccountExists");
  for (const char* wrong : {"", "alice", "@example.com", "a b@c.d", "alice@"})
    BOOST_CHECK_EQUAL(Client::error_of([&] { ask<sdbus::ObjectPath>(bob, "CreateAccount", std::string(wrong)); }),
                      "InvalidArgument");
  BOOST_CHECK_EQUAL(ask<Paths>(bob, "GetAccounts").size(), 2);
  BOOST_CHECK(ask<Paths>(bob, "IterAccounts", 1u, 5u) == Paths{alice});
  BOOST_CHECK(ask<Paths>(bob, "IterAccounts", 2u, 5u).empty());
  BOOST_CHECK_EQUAL(ask<sdbus::ObjectPath>(bob, "FindAccount", bob.uri()), bonjour);
  BOOST_CHECK_EQUAL(ask<sdbus::ObjectPath>(bob, "FindAccount", std::string("sip:alice@example.com")), "/");
  BOOST_CHECK_EQUAL(Client::error_of([&] { ask<sdbus::ObjectPath>(bob, "FindAccount", std::string("alice")); }),
                    "InvalidUri");
  BOOST_CHECK_EQUAL(bob.client.get<std::string>(alice, "Account", "Domain"), "example.com");
  BOOST_CHECK_EQUAL(bob.client.get<std::string>(bonjour, "BonjourAccount", "Contact"), "bob@127.0.0.1");
}

BOOST_AUTO_TEST_CASE(the_default_account_is_chosen_and_told) {
  Station bob;
  const auto alice = ask<sdbus::ObjectPath>(bob, "CreateAccount", std::string("alice@example.com"));
  const auto set = [&](const std::string& path) {
    return Client::error_of(
        [&] { bob.client.set(manager, "AccountManager", "DefaultAccount", sdbus::ObjectPath(path)); });
  };
  BOOST_CHECK_EQUAL(bob.client.get<sdbus::ObjectPath>(manager, "AccountManager", "DefaultAccount"), bonjour);
  BOOST_CHECK_EQUAL(set(alice), "AccountDisabled");
  BOOST_CHECK_EQUAL(set("/somewhere"), "NoSuchAccount");
  BOOST_CHECK_EQUAL(set(bonjour), "");
  BOOST_CHECK_EQUAL(set("/"), "");
  const auto& told = bob.recorder.wait(manager, "SIPAccountManagerDidChangeDefaultAccount");
  BOOST_CHECK_EQUAL(test::line_of(told), std::string("SIPAccountManagerDidChangeDefaultAccount ") + bonjour + " /");
  BOOST_CHECK_EQUAL(bob.client.get<sdbus::ObjectPath>(manager, "AccountManager", "DefaultAccount"), "/");
}

BOOST_AUTO_TEST_CASE(accounts_stop_with_their_manager_and_start_again) {
  Station bob;
  ask(bob, "Start");
  ask(bob, "Stop");
  bob.recorder.wait(bonjour, "SIPAccountDidDeactivate");
  for (const char* method : {"HasAccount", "GetAccount", "CreateAccount", "FindAccount"})
    BOOST_CHECK_EQUAL(Client::error_of([&] { ask<sdbus::ObjectPath>(bob, method, std::string("sip:a@b.c")); }),
                      "InvalidState");
  test::SipPeer peer;
  test::PeerCall call(peer, bob.uri(), bob.port());
  call.invite(test::Sdp{}.text());
  peer.expect(404);
  ask(bob, "Start");
  bob.recorder.wait(bonjour, "SIPAccountDidActivate");
  test::IncomingCall run(bob);
}

BOOST_AUTO_TEST_CASE(settings_are_described_and_checked) {
  Station bob;
  const auto on = [&]<typename Result = void>(const std::string& method, const auto&... arguments) {
    return Client::error_of([&] { bob.client.call(test::settings_path, "SettingsObject", method, arguments...); });
  };
  const auto get = [&](const std::string& name) {
    return bob.client.call<sdbus::Variant>(test::settings_path, "SettingsObject", "GetSetting", name);
  };
  BOOST_CHECK_EQUAL(get("sessions.max").get<std::int32_t>(), 64);
  BOOST_CHECK_EQUAL(on("SetSetting", std::string("sessions.max"), sdbus::Variant(std::int32_t{3})), "");
  BOOST_CHECK_EQUAL(get("sessions.max").get<std::int32_t>(), 3);
  BOOST_CHECK_EQUAL(on("SetSetting", std::string("sessions.max"), sdbus::Variant(std::int32_t{0})), "InvalidArgument");
  BOOST_CHECK_EQUAL(on("SetSetting", std::string("sessions.max"), sdbus::Variant(std::string("x"))), "InvalidArgument");
  BOOST_CHECK_EQUAL(on("SetSetting", std::string("no.such"), sdbus::Variant(true)), "InvalidArgument");
  BOOST_CHECK_EQUAL(on("ResetSetting", std::string("no.such")), "InvalidArgument");
  BOOST_CHECK_EQUAL(on("ResetSetting", std::string("sessions.max")), "");
  BOOST_CHECK_EQUAL(get("sessions.max").get<std::int32_t>(), 64);
  BOOST_CHECK_EQUAL(on("Delete"), "InvalidArgument");
  const auto all = bob.client.call<test::Dictionary>(test::settings_path, "SettingsObject", "GetSettings");
  using Described = std::vector<sdbus::Struct<std::string, std::string, sdbus::Variant, bool, std::string>>;
  const auto described = bob.client.call<Described>(test::settings_path, "SettingsObject", "DescribeSettings");
  BOOST_CHECK_EQUAL(all.size(), described.size());
  for (const auto& one : described) BOOST_CHECK(all.contains(std::get<0>(one)));
}

BOOST_AUTO_TEST_SUITE_END()
