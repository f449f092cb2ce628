// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"
#include "tests/support/accounts.h"
#include "tests/support/gnome_keyring.h"
#include "tests/support/kamailio.h"
#include "tests/support/md5.h"
#include "tests/support/notify_socket.h"
#include "tests/support/secret_service.h"

// Passwords beside the file: in a Secret Service that may be locked, slow to come, or not there at all.
BOOST_AUTO_TEST_SUITE(passwords)

namespace fs = std::filesystem;
using Answer = test::SecretService::Answer;
using test::Client;
using test::Station;

namespace {

constexpr const char* alice = "/org/sipsession1/account/alice_40example_2ecom";
const std::string alice_id = "alice@example.com";
using Passwords = std::map<std::string, std::string>;

struct House : Station {
  explicit House(const std::string& more = "") : Station({.more = more}) {}
  explicit House(const test::StationSettings& settings) : Station(settings) {}

  void create() {
    client.call<sdbus::ObjectPath>(test::account_manager_path, "AccountManager", "CreateAccount", alice_id);
  }
  std::string save(const std::string& password) {
    client.call(alice, "SettingsObject", "SetSetting", std::string("password"), sdbus::Variant(password));
    return Client::error_of([&] { client.call(alice, "SettingsObject", "Save"); });
  }
  // Whose registrar is the peer.
  void create_registered(const test::SipPeer& registrar, const std::string& password) {
    test::add_account(*this, alice_id,
                      {{"enabled", true}, {"outbound_proxy", registrar.host()}, {"password", password}});
  }
  std::string state() { return client.get<std::string>(alice, "Account", "RegistrationState"); }
  std::string reason() { return client.get<std::string>(alice, "Account", "RegistrationReason"); }
  void wait_for_reason(const std::string& text) {
    until([&] { return reason().find(text) != std::string::npos; }, "the reason is " + text);
    BOOST_CHECK_EQUAL(state(), "registering");
    BOOST_CHECK_EQUAL(client.get<std::uint64_t>(alice, "Account", "RegistrationNextTry"), 0);
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

// Challenges the next REGISTER, and takes the answer for this password.
void take_registration(House& house, test::SipPeer& registrar, const std::string& password) {
  const auto answer = [&](const test::SipMessage& request, int code, const std::string& headers) {
    // The port is another one after each start.
    const std::string contact = request.contact_uri();
    const auto port = static_cast<std::uint16_t>(std::stoul(contact.substr(contact.rfind(':') + 1)));
    test::PeerCall(registrar, request, port).reply(request, code, "This", "", headers);
  };
  // One that ends takes its binding back, and need not hear of it.
  const auto next = [&] {
    test::SipMessage request = registrar.expect("REGISTER");
    while (request.header("Expires") == "0") request = registrar.expect("REGISTER");
    return request;
  };
  test::SipMessage request = next();
  while (request.header("Authorization").empty()) {
    answer(request, 401, "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n1\"\r\n");
    request = next();
  }
  const std::string header = request.header("Authorization");
  const auto value = [&](const std::string& name) {
    const auto start = header.find(" " + name + "=\"") + name.size() + 3;
    return header.substr(start, header.find('"', start) - start);
  };
  BOOST_CHECK_EQUAL(value("response"), test::md5(test::md5("alice:example.com:" + password) + ":" + value("nonce") +
                                                 ":" + test::md5("REGISTER:" + value("uri"))));
  answer(request, 200, "Contact: " + request.header("Contact") + ";expires=600\r\n");
  house.until([&] { return house.state() == "registered"; }, "alice is registered");
}

// Alice is registered, with a password that the service keeps.
struct Registered : House {
  explicit Registered(const std::string& password) {
    create_registered(registrar, password);
    take(password);
  }
  void take(const std::string& password) { take_registration(*this, registrar, password); }
  // It was away.
  void bring_service(const std::string& password) { service.emplace(bus, Passwords{{alice_id, password}}); }

  test::SipPeer registrar;
  std::optional<test::SecretService> service{std::in_place, bus};
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
  BOOST_CHECK(!bob.file_has("password ="));
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
  BOOST_CHECK(!bob.file_has("password ="));
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
  test::SecretService service(bob.bus, {{alice_id, "open sesame"}});
  bob.wait_for_password();
}

BOOST_AUTO_TEST_CASE(a_locked_service_is_asked_once_and_the_account_says_why_it_waits) {
  Registered bob("open sesame");
  bob.service->set_locked(true);
  bob.stop_and_start();
  bob.wait_for_reason("dismissed");
  BOOST_CHECK_EQUAL(bob.service->questions(), 1);
  // Whatever the service tells, nobody is asked again.
  for (int i = 0; i < 5; ++i) bob.service->set_locked(true);
  bob.client.call(alice, "SettingsObject", "Save");
  BOOST_CHECK_EQUAL(bob.service->questions(), 1);
  bob.service->set_locked(false);
  bob.take("open sesame");
  // The next time that it is locked is another one.
  bob.service->set_locked(true);
  bob.stop_and_start();
  bob.wait_for_reason("dismissed");
  BOOST_CHECK_EQUAL(bob.service->questions(), 2);
}

BOOST_AUTO_TEST_CASE(who_unlocks_the_service_when_asked_has_the_account_registered) {
  Registered bob("open sesame");
  bob.service->set_locked(true);
  bob.service->set_answer(Answer::nothing);
  bob.stop_and_start();
  bob.wait_for_reason("was asked to unlock");
  bob.until([&] { return bob.service->questions() == 1; }, "the user is asked");
  bob.service->answer(Answer::yes);
  bob.take("open sesame");
}

BOOST_AUTO_TEST_CASE(a_service_that_went_away_is_waited_for_and_keeps_what_it_has) {
  Registered bob("open sesame");
  BOOST_CHECK(bob.file_has("password_elsewhere = true"));
  bob.service.reset();
  BOOST_CHECK_EQUAL(bob.state(), "registered");
  // A password that it kept does not go to the file.
  BOOST_CHECK_EQUAL(bob.save("another"), "ConfigFailure");
  BOOST_CHECK(!bob.file_has("another"));
  bob.stop_and_start();
  bob.wait_for_reason("there is no Secret Service");
  BOOST_CHECK(bob.file_has("password_elsewhere = true"));
  bob.bring_service("open sesame");
  bob.take("open sesame");
}

BOOST_AUTO_TEST_CASE(a_service_that_does_not_answer_holds_up_its_accounts_and_nothing_else) {
  Registered bob("open sesame");
  bob.service.reset();
  auto silent = bob.bus.connect();
  silent->requestName("org.freedesktop.secrets");
  bob.stop_and_start();
  bob.wait_for_reason("has not answered yet");
  silent.reset();
  bob.wait_for_reason("the Secret Service says");
  bob.bring_service("open sesame");
  bob.take("open sesame");
}

BOOST_AUTO_TEST_CASE(saving_a_password_asks_to_unlock_and_what_is_not_stored_stays_to_be_saved) {
  Registered bob("first");
  bob.service->set_locked(true);
  BOOST_CHECK_EQUAL(bob.save("second"), "ConfigFailure");
  BOOST_CHECK_EQUAL(bob.service->questions(), 1);
  BOOST_CHECK((bob.service->passwords() == Passwords{{alice_id, "first"}}));
  BOOST_CHECK_EQUAL(bob.state(), "registered");
  // It is there still, and needs no more than another Save.
  bob.service->set_answer(Answer::yes);
  BOOST_CHECK_EQUAL(Client::error_of([&] { bob.client.call(alice, "SettingsObject", "Save"); }), "");
  BOOST_CHECK_EQUAL(bob.service->questions(), 2);
  BOOST_CHECK((bob.service->passwords() == Passwords{{alice_id, "second"}}));
  bob.take("second");
  BOOST_CHECK(!bob.file_has("second"));
}

BOOST_AUTO_TEST_CASE(a_new_password_ends_the_wait_for_the_old_one) {
  Registered bob("first");
  bob.service->set_locked(true);
  bob.stop_and_start();
  bob.wait_for_reason("dismissed");
  bob.service->set_answer(Answer::yes);
  BOOST_CHECK_EQUAL(bob.save("second"), "");
  BOOST_CHECK((bob.service->passwords() == Passwords{{alice_id, "second"}}));
}

BOOST_AUTO_TEST_CASE(a_credential_of_the_service_manager_is_the_password_without_its_line_end) {
  const test::TemporaryDirectory credentials;
  const test::OutputFile log;
  const auto put = [&](const std::string& text, mode_t mode) {
    fs::remove(credentials.path() / alice_id);
    std::ofstream(credentials.path() / alice_id) << text;
    BOOST_REQUIRE_EQUAL(::chmod((credentials.path() / alice_id).c_str(), mode), 0);
  };
  const auto logged = [&](const std::string& text) { return log.text().find(text) != std::string::npos; };
  const auto file = [&] { return credentials.path() / alice_id; };
  test::SipPeer registrar;
  put("open sesame\n", 0400);
  House bob({.environment = {{"CREDENTIALS_DIRECTORY", credentials.path()}},
             .options = {"--system"},
             .errors = log.descriptor()});
  // It is on no bus that has a Secret Service, and would not ask it.
  test::SecretService service(bob.bus);
  bob.create_registered(registrar, "from a client");
  take_registration(bob, registrar, "from a client");
  BOOST_CHECK(service.passwords().empty() && bob.file_has("from a client"));
  BOOST_CHECK_EQUAL(bob.save(""), "");
  bob.stop_and_start();
  take_registration(bob, registrar, "open sesame");
  bob.client.call(alice, "SettingsObject", "SetSetting", std::string("display_name"), sdbus::Variant(std::string("A")));
  bob.client.call(alice, "SettingsObject", "Save");
  take_registration(bob, registrar, "open sesame");
  BOOST_CHECK(!bob.file_has("sesame") && bob.file_has("password_elsewhere = true"));
  BOOST_CHECK(!logged("credential"));
  // Another one, that everybody may read.
  put("another\n", 0644);
  bob.stop_and_start();
  take_registration(bob, registrar, "another");
  BOOST_CHECK(logged("the credential " + file().string() + ": others had rights to it"));
  for (const auto& [text, fault] : {std::pair{"\n", "it is empty"}, {"a\tb\n", "its first line is no password"}}) {
    put(text, 0400);
    bob.stop_and_start();
    bob.wait_for_reason("there is no credential for the account");
    BOOST_CHECK(logged("the credential " + file().string() + " is not used: " + fault));
  }
  fs::remove(file());
  bob.stop_and_start();
  bob.wait_for_reason("there is no credential for the account");
  BOOST_CHECK(logged("the password is neither in the file nor a credential ACCOUNT=" + alice_id));
  // It came, and is looked for when the settings are read again.
  put("once more\nand a line of notes\n", 0400);
  bob.daemon.process().signal(SIGHUP);
  take_registration(bob, registrar, "once more");
}

BOOST_AUTO_TEST_CASE(a_service_without_a_keyring_is_told_of_and_the_file_is_not_written_instead) {
  House bob;
  const test::GnomeKeyring none(bob.bus, test::GnomeKeyring::Start::locked);
  bob.create();
  bob.client.call(alice, "SettingsObject", "SetSetting", std::string("password"),
                  sdbus::Variant(std::string("sesame")));
  try {
    bob.client.call(alice, "SettingsObject", "Save");
    BOOST_ERROR("it was saved");
  } catch (const sdbus::Error& error) {
    BOOST_CHECK_MESSAGE(error.getMessage().find("has no default keyring: make one") != std::string::npos,
                        error.getMessage());
  }
  BOOST_CHECK(!bob.file_has("sesame"));
}

BOOST_AUTO_TEST_CASE(a_real_keyring_keeps_the_password_over_a_restart_and_while_it_is_locked) {
  test::Kamailio kamailio;
  House bob(secret_service_only);
  test::GnomeKeyring keyring(bob.bus);
  const std::string account = test::add_account(
      bob, "bob@example.test",
      {{"enabled", true}, {"outbound_proxy", kamailio.host()}, {"password", test::password_of("bob")}});
  const auto property = [&](const std::string& name) {
    return test::account_property<std::string>(bob, account, name);
  };
  const auto registered = [&] { return property("RegistrationState") == "registered"; };
  bob.until(registered, "bob is registered");
  BOOST_CHECK(!bob.file_has(test::password_of("bob")));
  BOOST_REQUIRE_EQUAL(bob.daemon.stop(), 0);
  keyring.stop();
  keyring.start(test::GnomeKeyring::Start::unlocked);
  bob.daemon.start_again();
  bob.until(registered, "bob is registered after a restart");
  // Locked from the start: without a desktop its prompt cannot be shown.
  BOOST_REQUIRE_EQUAL(bob.daemon.stop(), 0);
  keyring.stop();
  keyring.start(test::GnomeKeyring::Start::locked);
  bob.daemon.start_again();
  bob.until([&] { return property("RegistrationReason").find("is locked") != std::string::npos; }, "it says why");
  const auto save = [&] { test::save(bob, account, {{"password", std::string("another")}}); };
  BOOST_CHECK_EQUAL(Client::error_of(save), "ConfigFailure");
  bob.client.call(account, "SettingsObject", "ResetSetting", std::string("password"));
  keyring.unlock();
  bob.until(registered, "bob is registered when the keyring is unlocked");
  // What a lock comes too late for stays as it is.
  keyring.lock();
  BOOST_CHECK_EQUAL(Client::error_of(save), "ConfigFailure");
  BOOST_CHECK(registered());
}

BOOST_AUTO_TEST_SUITE_END()
