// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/bus/chat_stories.h"
#include "tests/support/accounts.h"
#include "tests/support/dns_server.h"
#include "tests/support/kamailio.h"
#include "tests/support/sipp.h"
#include "tests/support/tls_files.h"

// Accounts whose chats go by a real relay, over TLS.
BOOST_AUTO_TEST_SUITE(chat_relay)

using test::chat_only;
using test::received;
using test::send_message;
using test::Station;
using test::verdict;

namespace {

constexpr const char* delivered = "DidDeliverMessage 200 OK";

// Kamailio is the registrar, the proxy and the relay of a domain, which DNS names.
struct Domain {
  Domain() {
    dns.add("relay.test", "A 127.0.0.1");
    dns.add("_msrps._tcp.example.test", "SRV 1 1 " + std::to_string(kamailio.port("tls")) + " relay.test");
  }
  std::string config() const { return files.config() + "sip: { name_servers = [ \"" + dns.text() + "\" ]; };\n"; }

  test::TlsFiles files;
  test::Kamailio kamailio{
      {.certificate_file = files.issue("kamailio.pem", {.alternative_names = "DNS:example.test,DNS:relay.test"})}};
  test::DnsServer dns;
};

struct User {
  User(const Domain& domain, const std::string& name, const test::Settings& more = {})
      : station({.user = "local", .more = domain.config()}) {
    test::Settings settings{{"enabled", true},
                            {"password", test::password_of(name)},
                            {"outbound_proxy", domain.kamailio.host("tls")},
                            {"sip.tls_name", std::string("example.test")}};
    for (const auto& [setting, value] : more) settings[setting] = value;
    account = test::add_account(station, name + "@example.test", settings);
    test::registration_signal(station, account, "DidSucceed");
  }
  template <typename Type>
  Type diagnostic(const std::string& session, const std::string& name) {
    return station.property<test::Dictionary>(session, "ChatTransport").at(name).get<Type>();
  }
  std::size_t hops(const std::string& session, const std::string& path) {
    return diagnostic<std::vector<std::string>>(session, path).size();
  }

  Station station;
  std::string account;
};

// A chat that `caller` begins; the sessions of both.
struct Chat {
  Chat(User& caller, User& callee, const std::string& uri)
      : here(caller.station),
        there(callee.station),
        calling(here.client.create_session(sdbus::ObjectPath(caller.account))) {
    here.act(calling, "Connect", uri, test::Routes{}, chat_only);
    called = there.called();
    there.act(called, "Accept", chat_only);
    here.wait(calling, "DidStart");
    there.wait(called, "DidStart");
  }
  void talk() {
    const std::string question = send_message(here, calling, "is this the relay?");
    BOOST_CHECK_EQUAL(received(there, called).content, "is this the relay?");
    const std::string answer = send_message(there, called, std::string(100'000, 'y'));
    BOOST_CHECK_EQUAL(received(here, calling).content, std::string(100'000, 'y'));
    BOOST_CHECK_EQUAL(verdict(here, calling, question), delivered);
    BOOST_CHECK_EQUAL(verdict(there, called, answer), delivered);
  }

  Station& here;
  Station& there;
  std::string calling, called;
};

// How many URIs the paths have: the own one, and perhaps a relay's.
void check(User& user, const std::string& session, std::size_t own, std::size_t other,
           const std::string& verification = "name") {
  BOOST_CHECK_EQUAL(user.hops(session, "local_path"), own);
  BOOST_CHECK_EQUAL(user.hops(session, "remote_path"), other);
  BOOST_CHECK_EQUAL(user.diagnostic<std::string>(session, "transport"), "tls");
  BOOST_CHECK_EQUAL(user.diagnostic<std::string>(session, "verification"), verification);
}

}  // namespace

BOOST_AUTO_TEST_CASE(who_is_called_is_behind_the_relay_of_the_domain_without_any_setting) {
  const Domain domain;
  User alice(domain, "alice");
  User bob(domain, "bob");
  Chat chat(alice, bob, "sip:bob@example.test");
  chat.talk();
  check(alice, chat.calling, 1, 2);
  check(bob, chat.called, 2, 1);
  chat.here.end(chat.calling);
  chat.there.wait(chat.called, "DidEnd remote");
}

BOOST_AUTO_TEST_CASE(who_calls_is_behind_the_relay_of_its_settings) {
  Domain domain;
  User alice(domain, "alice",
             {{"msrp.use_relay_for_outbound", true},
              {"msrp.relay", "relay.test:" + std::to_string(domain.kamailio.port("tls")) + ";transport=tls"}});
  User bob(domain, "bob", {{"msrp.use_relay_for_inbound", false}});
  Chat chat(alice, bob, "sip:bob@example.test");
  chat.talk();
  check(alice, chat.calling, 2, 1);
  check(bob, chat.called, 1, 2);
  // With the relay the chat goes, and the session that was nothing else.
  domain.kamailio.stop();
  chat.here.wait(chat.calling, "StreamDidFail chat the relay is gone: the peer closed the connection");
  chat.here.wait(chat.calling, "DidEnd local");
}

BOOST_AUTO_TEST_CASE(both_are_behind_the_relay_of_the_domain) {
  const Domain domain;
  User alice(domain, "alice", {{"msrp.use_relay_for_outbound", true}});
  User bob(domain, "bob");
  Chat chat(alice, bob, "sip:bob@example.test");
  chat.talk();
  check(alice, chat.calling, 2, 2);
  check(bob, chat.called, 2, 2);
}

BOOST_AUTO_TEST_CASE(each_is_behind_a_relay_of_its_own) {
  Domain domain;
  test::Kamailio other{{.certificate_file = domain.files.issue("other.pem", {.alternative_names = "DNS:relay.test"})}};
  User alice(domain, "alice", {{"msrp.use_relay_for_outbound", true}});
  User bob(domain, "bob", {{"msrp.relay", "relay.test:" + std::to_string(other.port("tls")) + ";transport=tls"}});
  Chat chat(alice, bob, "sip:bob@example.test");
  chat.talk();
  check(alice, chat.calling, 2, 2);
  check(bob, chat.called, 2, 2);
  // That of the other party is none of ours: only ours is missed.
  other.stop();
  chat.there.wait(chat.called, "StreamDidFail chat the relay is gone: the peer closed the connection");
  chat.here.wait(chat.calling, "DidEnd remote");
}

BOOST_AUTO_TEST_CASE(a_login_at_a_relay_is_traced_without_what_stands_for_the_password) {
  const Domain domain;
  User alice(domain, "alice");
  User bob(domain, "bob");
  test::save(bob.station, test::settings_path, {{"logging.trace_msrp", true}});
  const Chat chat(alice, bob, "sip:bob@example.test");
  const std::string text = test::read_file(bob.station.daemon.data_directory() / "logs/msrp_trace.txt");
  for (const char* part : {" AUTH\nTo-Path: msrps://example.test", "\nWWW-Authenticate: Digest realm=\"example.test\"",
                           "\nAuthorization: (not shown)\n", "\nUse-Path: msrps://relay.test:"})
    BOOST_CHECK_MESSAGE(text.find(part) != text.npos, part << " is not in\n" << text);
  BOOST_CHECK_MESSAGE(text.find("response") == text.npos, text);
}

BOOST_AUTO_TEST_CASE(a_domain_without_a_relay_is_reached_directly) {
  Domain domain;
  domain.dns.remove("_msrps._tcp.example.test");
  User alice(domain, "alice", {{"msrp.use_relay_for_outbound", true}});
  User bob(domain, "bob");
  Chat chat(alice, bob, "sip:bob@example.test");
  chat.talk();
  check(alice, chat.calling, 1, 1, "fingerprint");
}

BOOST_AUTO_TEST_CASE(a_relay_that_is_not_there_fails_the_call_with_its_reason) {
  const Domain domain;
  User alice(domain, "alice", {{"msrp.use_relay_for_outbound", true}, {"msrp.relay", std::string("relay.test:1")}});
  const std::string session = alice.station.client.create_session(sdbus::ObjectPath(alice.account));
  alice.station.act(session, "Connect", std::string("sip:bob@example.test"), test::Routes{}, chat_only);
  alice.station.recorder.wait(
      [&](const test::Entry& entry) {
        return entry.path == session && entry.member == "SIPSessionDidFail" &&
               entry.text().find("the relay cannot be reached: ") != std::string::npos;
      },
      "the failure of the call");
}

BOOST_AUTO_TEST_SUITE_END()
