// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/bus/chat_stories.h"
#include "tests/support/accounts.h"
#include "tests/support/kamailio.h"
#include "tests/support/sipp.h"
#include "tests/support/tls_files.h"

// What passes over the network, in files that people can read and show to others.
BOOST_AUTO_TEST_SUITE(traces)

using test::Station;

namespace {

std::filesystem::path trace_of(const Station& station, const std::string& name) {
  return station.daemon.data_directory() / "logs" / name;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_registration_is_traced_as_long_as_that_is_wanted) {
  const test::TlsFiles files;
  test::Kamailio kamailio({.certificate_file = files.issue("kamailio.pem", {.alternative_names = "DNS:example.test"})});
  Station bob({.more = files.config()});
  const std::filesystem::path file = trace_of(bob, "sip_trace.txt");
  const auto account = test::add_account(bob, "alice@example.test",
                                         {{"enabled", true},
                                          {"password", test::password_of("alice")},
                                          {"outbound_proxy", kamailio.host("tls")},
                                          {"sip.tls_name", std::string("example.test")}});
  test::registration_signal(bob, account, "DidSucceed");
  BOOST_CHECK(!std::filesystem::exists(file));

  test::save(bob, test::settings_path, {{"logging.trace_sip", true}});
  bob.client.call(account, "SettingsObject", "SetSetting", std::string("registration.interval"), sdbus::Variant(700));
  bob.client.call(account, "SettingsObject", "Save");
  test::registration_signal(bob, account, "DidSucceed", 2);
  bob.until([&] { return has(test::read_file(file), "SIP/2.0 200 OK\n"); }, "the trace tells of the registration");
  const std::string text = test::read_file(file);
  const std::string place = "tls/[127.0.0.1]:" + std::to_string(kamailio.port("tls"));
  BOOST_CHECK(has(text, " bytes to " + place + "\nREGISTER sip:example.test SIP/2.0\n"));
  BOOST_CHECK(has(text, " bytes from " + place + "\nSIP/2.0 "));
  BOOST_CHECK(has(text, "\nAuthorization: (not shown)\n"));
  BOOST_CHECK(!has(text, "response="));
  struct stat status {};
  BOOST_REQUIRE(stat(file.c_str(), &status) == 0);
  BOOST_CHECK_EQUAL(status.st_mode & 07777, 0600);

  test::save(bob, test::settings_path, {{"logging.trace_sip", false}});
  const auto size = std::filesystem::file_size(file);
  test::save(bob, account, {{"registration.interval", 800}});
  test::registration_signal(bob, account, "DidSucceed", 3);
  BOOST_CHECK_EQUAL(std::filesystem::file_size(file), size);
}

BOOST_AUTO_TEST_CASE(both_sides_of_a_chat_are_traced_in_the_wanted_place) {
  const test::TemporaryDirectory place;
  const std::string traced = "logging: { trace_msrp = true; directory = \"" + place.path().string() + "/traces\"; };\n";
  Station alice({.user = "alice", .more = traced});
  Station bob({.user = "bob"});
  const std::string caller = alice.client.create_session();
  alice.act(caller, "Connect", bob.uri(), test::Routes{}, test::chat_only);
  const std::string callee = bob.called();
  bob.act(callee, "Accept", test::chat_only);
  alice.wait(caller, "GotStreamUpdate chat");
  test::verdict(alice, caller, test::send_message(alice, caller, "hello, Bob"));
  test::verdict(bob, callee, test::send_message(bob, callee, "hello, Alice"));
  const std::string text = test::read_file(place.path() / "traces" / "msrp_trace.txt");
  BOOST_CHECK(has(text, " bytes to tls/[127.0.0.1]:"));
  BOOST_CHECK(has(text, " bytes from tls/[127.0.0.1]:"));
  BOOST_CHECK(has(text, "\nhello, Bob\n-------"));
  BOOST_CHECK(has(text, "\nhello, Alice\n-------"));
  BOOST_CHECK(!std::filesystem::exists(trace_of(bob, "msrp_trace.txt")));
}

BOOST_AUTO_TEST_CASE(a_trace_begins_and_ends_within_a_chat) {
  Station alice({.user = "alice"});
  Station bob({.user = "bob"});
  const std::string caller = alice.client.create_session();
  alice.act(caller, "Connect", bob.uri(), test::Routes{}, test::chat_only);
  bob.act(bob.called(), "Accept", test::chat_only);
  alice.wait(caller, "GotStreamUpdate chat");
  const auto say = [&](const std::string& text) {
    test::verdict(alice, caller, test::send_message(alice, caller, text));
  };
  say("before");
  test::save(alice, test::settings_path, {{"logging.trace_msrp", true}});
  say("meanwhile");
  test::save(alice, test::settings_path, {{"logging.trace_msrp", false}});
  say("after");
  const std::string text = test::read_file(trace_of(alice, "msrp_trace.txt"));
  BOOST_CHECK(has(text, "\nmeanwhile\n-------"));
  BOOST_CHECK(has(text, "\nSuccess-Report: yes\n"));
  BOOST_CHECK(has(text, "\nStatus: 000 200 OK\n"));
  BOOST_CHECK(!has(text, "before"));
  BOOST_CHECK(!has(text, "after"));
}

BOOST_AUTO_TEST_SUITE_END()
