// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include <fstream>

#include "tests/bus/stories.h"
#include "tests/support/accounts.h"
#include "tests/support/authority.h"
#include "tests/support/kamailio.h"
#include "tests/support/stream_server.h"
#include "tests/support/tls_server.h"

using namespace std::chrono_literals;
using test::account_property;
using test::add_account;
using test::PeerCall;
using test::registration_signal;
using test::SipMessage;
using test::SipPeer;
using test::Station;
using test::StreamServer;

// The way between an account and its registrar: RFC 5626. A pong may take 10 s, and so do these tests.
BOOST_AUTO_TEST_SUITE(flows)

namespace {

test::Settings settings_of(const std::string& proxy) {
  return {{"enabled", true}, {"outbound_proxy", proxy}, {"sip.keepalive_interval", std::int32_t{1}}};
}

std::string granted(const SipMessage& request) { return "Contact: " + request.header("Contact") + ";expires=600\r\n"; }

// An account with a registrar by TCP.
struct Connected {
  explicit Connected(const std::string& id = "alice@example.test", const std::string& more = "") {
    account = add_account(station, id, settings_of(server.host()));
    first = server.receive();
    server.reply(first, "200 OK", granted(first) + more);
    registration_signal(station, account, "DidSucceed");
  }

  StreamServer server;
  Station station;
  std::string account;
  SipMessage first;
};

const std::string of_outbound = "Require: outbound\r\n";

std::string instance_of(const SipMessage& request) {
  const std::string contact = request.header("Contact");
  const auto at = contact.find(";+sip.instance=\"<urn:uuid:");
  return at == contact.npos ? "" : contact.substr(at, 66);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_stream_is_pinged_and_a_registrar_that_falls_silent_is_registered_with_again) {
  Connected run("alice@example.test", of_outbound);
  BOOST_CHECK_EQUAL(run.first.header("Supported"), "path, outbound");
  BOOST_CHECK(run.first.header("Contact").find(">;reg-id=1;+sip.instance=\"<urn:uuid:") != std::string::npos);
  BOOST_CHECK_EQUAL(run.server.wait_for_pings(4), 4);
  run.server.send("\r\n");
  // Not before the pong is overdue.
  const auto start = std::chrono::steady_clock::now();
  const SipMessage again = run.server.receive(25s);
  BOOST_CHECK(std::chrono::steady_clock::now() - start > 8s);
  BOOST_CHECK_EQUAL(run.server.connections(), 2);
  BOOST_CHECK(instance_of(run.first) != "");
  BOOST_CHECK_EQUAL(instance_of(again), instance_of(run.first));
  run.server.reply(again, "200 OK", granted(again) + of_outbound);
  registration_signal(run.station, run.account, "DidSucceed", 2);
}

BOOST_AUTO_TEST_CASE(who_never_answered_a_ping_is_not_missed) {
  Connected run;
  BOOST_CHECK_EQUAL(run.server.wait_for_pings(8, 15s), 8);
  BOOST_CHECK_EQUAL(run.server.connections(), 1);
}

BOOST_AUTO_TEST_CASE(a_connection_that_the_registrar_closes_is_replaced_at_once) {
  Connected run;
  run.server.close_connection();
  const SipMessage again = run.server.receive(2s);
  BOOST_CHECK_EQUAL(again.method(), "REGISTER");
  run.server.reply(again, "200 OK", granted(again));
  registration_signal(run.station, run.account, "DidSucceed", 2);
  // But not every time.
  run.server.close_connection();
  run.station.until(
      [&] {
        return account_property<std::string>(run.station, run.account, "RegistrationReason") ==
               "the connection is closed";
      },
      "the loss is known");
  BOOST_CHECK_EQUAL(run.server.wait_for_pings(1, 1500ms), 0);
  BOOST_CHECK_EQUAL(run.server.connections(), 2);
  // Its registration is kept: this side has not gone.
  BOOST_CHECK_EQUAL(account_property<std::string>(run.station, run.account, "RegistrationState"), "registered");
}

BOOST_AUTO_TEST_CASE(a_first_hop_without_outbound_is_registered_with_all_the_same) {
  StreamServer server;
  Station station;
  const auto account = add_account(station, "alice@example.test", settings_of(server.host()));
  SipMessage request = server.receive();
  server.reply(request, "439 First Hop Lacks Outbound Support");
  request = server.receive();
  BOOST_CHECK_EQUAL(instance_of(request), "");
  BOOST_CHECK(request.header("Supported").find("outbound") == std::string::npos);
  server.reply(request, "200 OK", granted(request));
  registration_signal(station, account, "DidSucceed");
}

BOOST_AUTO_TEST_CASE(each_account_has_an_instance_of_its_own_and_none_where_it_is_not_wanted) {
  Connected run;
  StreamServer other;
  auto settings = settings_of(other.host());
  const auto bob = add_account(run.station, "bob@example.test", settings);
  SipMessage request = other.receive();
  BOOST_CHECK(instance_of(request) != "");
  BOOST_CHECK(instance_of(request) != instance_of(run.first));
  other.reply(request, "200 OK", granted(request));
  for (const auto& [name, value] :
       test::Settings{{"sip.outbound", false}, {"sip.keepalive_interval", std::int32_t{0}}}) {
    test::save(run.station, bob, {{"sip.outbound", true}, {"sip.keepalive_interval", std::int32_t{1}}});
    test::save(run.station, bob, {{name, value}});
    while (instance_of(request) != "") {
      request = other.receive();
      other.reply(request, "200 OK", granted(request));
    }
  }
}

BOOST_AUTO_TEST_CASE(by_udp_the_registrar_is_asked_and_when_it_falls_silent_registered_with_again) {
  SipPeer registrar;
  Station station;
  const auto account = add_account(station, "alice@example.test", settings_of(registrar.host()));
  const auto answer = [&](const SipMessage& request, const std::string& headers = "") {
    PeerCall(registrar, request, station.port()).reply(request, 200, "OK", "", headers);
  };
  SipMessage request = registrar.expect("REGISTER");
  answer(request, granted(request));
  request = registrar.expect("OPTIONS");
  BOOST_CHECK_EQUAL(request.request_uri(), "sip:example.test");
  answer(request);
  registrar.expect("OPTIONS");
  const auto start = std::chrono::steady_clock::now();
  request = registrar.expect("REGISTER");
  BOOST_CHECK(std::chrono::steady_clock::now() - start > 8s);
  answer(request, granted(request));
  registration_signal(station, account, "DidSucceed", 2);
}

BOOST_AUTO_TEST_CASE(over_tls_the_ping_is_a_secret_and_its_answer_heard) {
  test::TemporaryDirectory directory;
  test::Authority authority;
  const std::string certificate = directory.path() / "server.pem";
  const std::string authorities = directory.path() / "authorities.pem";
  std::ofstream(certificate) << authority.issue({.alternative_names = "DNS:good.test"});
  std::ofstream(authorities) << authority.certificate();
  test::TlsServer server(certificate);
  Station station({.more = "tls: { ca_list_file = \"" + authorities + "\"; };\n"});
  auto settings = settings_of("127.0.0.1:" + std::to_string(server.port()) + ";transport=tls");
  settings["sip.tls_name"] = std::string("good.test");
  const auto account = add_account(station, "alice@good.test", settings);
  registration_signal(station, account, "DidSucceed");
  for (int i = 0; i < 3; ++i) server.wait("PING");
  BOOST_CHECK_EQUAL(server.count("CONNECTED"), 1);
  // The library still reads what comes behind a pong.
  test::save(station, account, {{"registration.interval", std::int32_t{700}}});
  registration_signal(station, account, "DidSucceed", 2);
  BOOST_CHECK_EQUAL(server.count("CONNECTED"), 1);
}

BOOST_AUTO_TEST_CASE(a_real_registrar_answers_pings_and_sends_calls_through_the_flow) {
  test::Kamailio kamailio;
  Station alice({.user = "a"});
  Station bob;
  auto settings = settings_of(kamailio.host() + ";transport=tcp");
  settings["password"] = test::password_of("alice");
  const auto from = add_account(alice, "alice@example.test", settings);
  settings["password"] = test::password_of("bob");
  const auto to = add_account(bob, "bob@example.test", settings);
  registration_signal(alice, from, "DidSucceed");
  registration_signal(bob, to, "DidSucceed");
  const auto outgoing = alice.client.call_out("sip:bob@example.test");
  const auto incoming = bob.called();
  bob.accept(incoming);
  alice.wait(outgoing, "DidStart");
  alice.end(outgoing);
  bob.wait(incoming, "DidEnd remote");
  // The connections go, and nothing else is told of it.
  kamailio.stop();
  kamailio.start();
  registration_signal(bob, to, "DidSucceed", 2, 30s);
  registration_signal(alice, from, "DidSucceed", 2, 30s);
  const auto second = alice.client.call_out("sip:bob@example.test");
  bob.accept(bob.called());
  alice.wait(second, "DidStart");
  alice.end(second);
}

BOOST_AUTO_TEST_SUITE_END()
