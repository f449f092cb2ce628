// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"
#include "tests/support/secret_service.h"

// Passwords beside the file: in a Secret Service that may be locked, slow to come, or not there at all.
BOOST_AUTO_TEST_SUITE(passwords)

using test::Client;
using test::Station;

namespace {

constexpr const char* alice = "/org/sipsession1/account/alice_40example_2ecom";
const std::string alice_id = "alice@example.com";
using Passwords = std::map<std::string, std::string>;

struct House : Station {
  explicit House(const std::string& more = "") : Station({.more = more}) {}

  void create() {
    client.call<sdbus::ObjectPath>(test::account_manager_path, "AccountManager", "CreateAccount", alice_id);
  }
  std::string save(const std::string& password) {
    client.call(alice, "SettingsObject", "SetSetting", std::string("password"), sdbus::Variant(password));
    return Client::error_of([&] { client.call(alice, "SettingsObject", "Save"); });
  }
  bool has_password() { return client.get<bool>(alice, "Account", "HasPassword"); }
  void wait_for_password() {
    until([&] { return has_password(); }, "alice has a password");
  }
  bool file_has(const std::string& text) const {
    std::ifstream stream(daemon.config_file());
    const std::string all(std::istreambuf_iterator<char>(stream), {});
    return all.find(text) != all.npos;
  }
  void stop_and_start() {
    BOOST_REQUIRE_EQUAL(daemon.stop(), 0);
    daemon.start_again();
  }
};

const std::string secret_service_only = "accounts: { password_store = \"secret-service\"; };\n";

}  // namespace

BOOST_AUTO_TEST_CASE(a_password_goes_to_the_secret_service_and_comes_back_from_it) {
  House bob;
  {
    test::SecretService service(bob.bus);
    bob.create();
    BOOST_CHECK_EQUAL(bob.save("open sesame"), "");
    BOOST_CHECK(bob.has_password());
    BOOST_CHECK((service.passwords() == Passwords{{alice_id, "open sesame"}}));
    BOOST_CHECK(!bob.file_has("sesame"));
    bob.stop_and_start();
    bob.wait_for_password();
    BOOST_CHECK_EQUAL(bob.save("another"), "");
    BOOST_CHECK((service.passwords() == Passwords{{alice_id, "another"}}));
    BOOST_CHECK_EQUAL(bob.save(""), "");
    BOOST_CHECK(!bob.has_password());
    bob.until([&] { return !service.passwords().contains(alice_id); }, "the password is forgotten");
    BOOST_CHECK_EQUAL(bob.save("once more"), "");
    bob.client.call(alice, "SettingsObject", "Delete");
    bob.until([&] { return !service.passwords().contains(alice_id); }, "the password is forgotten");
  }
}

BOOST_AUTO_TEST_CASE(without_a_secret_service_the_file_keeps_the_password) {
  House bob;
  bob.create();
  BOOST_CHECK_EQUAL(bob.save("open sesame"), "");
  BOOST_CHECK(bob.file_has("password = \"open sesame\""));
  // It stays there until it is changed, and then goes to the service that came.
  test::SecretService service(bob.bus);
  bob.stop_and_start();
  BOOST_CHECK(bob.has_password());
  BOOST_CHECK(service.passwords().empty());
  BOOST_CHECK_EQUAL(bob.save("another"), "");
  BOOST_CHECK(!bob.file_has("password"));
  BOOST_CHECK((service.passwords() == Passwords{{alice_id, "another"}}));
}

BOOST_AUTO_TEST_CASE(who_wants_the_file_gets_the_file) {
  House bob("accounts: { password_store = \"file\"; };\n");
  test::SecretService service(bob.bus);
  bob.create();
  BOOST_CHECK_EQUAL(bob.save("open sesame"), "");
  BOOST_CHECK(bob.file_has("sesame"));
  BOOST_CHECK(service.passwords().empty());
}

BOOST_AUTO_TEST_CASE(a_locked_service_takes_nothing_and_loses_nothing) {
  House bob;
  test::SecretService service(bob.bus);
  bob.create();
  BOOST_CHECK_EQUAL(bob.save("first"), "");
  service.set_locked(true);
  BOOST_CHECK_EQUAL(bob.save("second"), "ConfigFailure");
  BOOST_CHECK(!bob.file_has("second"));
  BOOST_CHECK((service.passwords() == Passwords{{alice_id, "first"}}));
  // Started while it is locked, it waits, and other settings can be saved.
  bob.stop_and_start();
  bob.client.call(alice, "SettingsObject", "SetSetting", std::string("display_name"),
                  sdbus::Variant(std::string("Alice")));
  bob.client.call(alice, "SettingsObject", "Save");
  BOOST_CHECK(!bob.has_password());
  service.set_locked(false);
  bob.wait_for_password();
  BOOST_CHECK(bob.file_has("Alice"));
  BOOST_CHECK(!bob.file_has("password"));
  BOOST_CHECK((service.passwords() == Passwords{{alice_id, "first"}}));
}

BOOST_AUTO_TEST_CASE(a_service_that_is_demanded_and_absent_is_waited_for) {
  House bob(secret_service_only);
  bob.create();
  BOOST_CHECK_EQUAL(bob.save("open sesame"), "ConfigFailure");
  BOOST_CHECK(!bob.file_has("sesame"));
  {
    test::SecretService service(bob.bus);
    BOOST_CHECK_EQUAL(bob.save("open sesame"), "");
  }
  bob.stop_and_start();
  BOOST_CHECK(!bob.has_password());
  test::SecretService service(bob.bus);
  service.add(alice_id, "open sesame");
  service.set_locked(false);
  bob.wait_for_password();
}

BOOST_AUTO_TEST_SUITE_END()
