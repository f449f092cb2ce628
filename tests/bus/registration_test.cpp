// SPDX-License-Identifier: LGPL-2.1-or-later
#include <csignal>
#include <map>

#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"
#include "tests/support/accounts.h"
#include "tests/support/kamailio.h"
#include "tests/support/stream_server.h"
#include "tests/support/tls_files.h"

using namespace std::chrono_literals;
using test::account_property;
using test::add_account;
using test::Kamailio;
using test::PeerCall;
using test::registration_signal;
using test::Sdp;
using test::SipMessage;
using test::SipPeer;
using test::Station;

// Accounts with a registrar: Kamailio, and one whose every answer the test writes. What is waited for by the end of its
// name is SIPAccountRegistrationDidSucceed, SIPAccountRegistrationDidFail and SIPAccountRegistrationDidEnd.
BOOST_AUTO_TEST_SUITE(registration)

namespace {

using Names = std::vector<std::string>;
using RouteStruct = sdbus::Struct<std::string, std::uint16_t, std::string>;

test::Settings settings_of(const std::string& password, const std::string& proxy) {
  return {{"enabled", true}, {"password", password}, {"outbound_proxy", proxy}};
}

// Kamailio by UDP, TCP and TLS, with a certificate for its domains, and daemons that trust it.
struct Home {
  test::Settings settings(const std::string& user, const std::string& transport) const {
    test::Settings settings = settings_of(test::password_of(user), kamailio.host(transport));
    if (transport == "tls") settings["sip.tls_name"] = std::string("example.test");
    return settings;
  }

  test::TlsFiles files;
  Kamailio kamailio{
      {.certificate_file = files.issue("kamailio.pem", {.alternative_names = "DNS:example.test,DNS:other.test"})}};
};

std::string state_of(Station& station, const std::string& account) {
  return account_property<std::string>(station, account, "RegistrationState");
}

std::string code_of(const test::Entry& entry) { return entry.arguments.at(1).text; }
std::string reason_of(const test::Entry& entry) { return entry.arguments.at(2).text; }
double delay_of(const test::Entry& entry) { return std::stod(entry.arguments.at(5).text); }

// An account whose registrar is the test.
struct Scripted {
  explicit Scripted(const test::Settings& more = {}, const std::string& address = "127.0.0.1")
      : registrar(address), station({.address = address}) {
    test::Settings settings = settings_of("secret", registrar.host());
    for (const auto& [name, value] : more) settings[name] = value;
    account = add_account(station, "alice@example.test", settings);
  }

  SipMessage next() { return registrar.expect("REGISTER"); }
  void answer(const SipMessage& request, int code, const std::string& phrase, const std::string& headers = "") {
    PeerCall(registrar, request, station.port()).reply(request, code, phrase, "", headers);
  }
  void challenge(const SipMessage& request, const std::string& parameters) {
    answer(request, 401, "Unauthorized",
           "WWW-Authenticate: Digest realm=\"example.test\", qop=\"auth\", " + parameters + "\r\n");
  }
  void grant(const SipMessage& request, unsigned seconds, const std::string& headers = "") {
    answer(request, 200, "OK",
           "Contact: " + request.header("Contact") + ";expires=" + std::to_string(seconds) + "\r\n" + headers);
  }
  const test::Entry& signal(const std::string& member, unsigned count = 1,
                            std::chrono::milliseconds limit = test::patience) {
    return registration_signal(station, account, member, count, limit);
  }

  SipPeer registrar;
  Station station;
  std::string account;
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_account_registers_with_a_digest_and_is_taken_back) {
  const Home home;
  Station bob({.more = home.files.config()});
  for (const auto& [id, transport] : {std::pair{"alice@example.test", "udp"}, std::pair{"alice@other.test", "tcp"},
                                      std::pair{"bob@example.test", "tls"}}) {
    const auto account = add_account(bob, id, home.settings(std::string(id, std::string(id).find('@')), transport));
    const test::Entry succeeded = registration_signal(bob, account, "DidSucceed");
    BOOST_CHECK_EQUAL(code_of(succeeded), "200");
    const std::string contact = succeeded.arguments.at(3).text;
    BOOST_CHECK_EQUAL(account_property<Names>(bob, account, "RegisteredContacts").size(), 1);
    BOOST_CHECK(contact.find("@127.0.0.1:" + std::to_string(bob.port(transport))) != std::string::npos);
    BOOST_CHECK_EQUAL(succeeded.arguments.at(5).text, "600");
    BOOST_CHECK_EQUAL(state_of(bob, account), "registered");
    BOOST_CHECK(account_property<RouteStruct>(bob, account, "RegistrationRoute") ==
                (RouteStruct{"127.0.0.1", home.kamailio.port(transport), transport}));
    BOOST_CHECK(account_property<std::uint64_t>(bob, account, "RegistrationExpires") >
                account_property<std::uint64_t>(bob, account, "RegistrationNextTry"));
    // Without registering it stays active.
    test::save(bob, account, {{"registration.enabled", false}});
    const test::Entry ended = registration_signal(bob, account, "DidEnd");
    BOOST_CHECK_EQUAL(code_of(ended), "200");
    BOOST_CHECK_EQUAL(test::value_of(ended.arguments.at(3), "cause"), "\"removed\"");
    BOOST_CHECK_EQUAL(state_of(bob, account), "none");
    BOOST_CHECK(account_property<bool>(bob, account, "Active"));
    BOOST_CHECK_EQUAL(account_property<std::uint64_t>(bob, account, "RegistrationExpires"), 0);
    BOOST_CHECK_EQUAL(account_property<Names>(bob, account, "RegisteredContacts").size(), 0);
  }
}

BOOST_AUTO_TEST_CASE(a_registrar_that_asks_for_sha_256_gets_it) {
  Kamailio kamailio({.algorithm = "SHA-256"});
  Station bob;
  const auto account = add_account(bob, "alice@example.test", settings_of(test::password_of("alice"), kamailio.host()));
  registration_signal(bob, account, "DidSucceed");
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_told_and_another_one_tried_as_soon_as_it_is_saved) {
  Kamailio kamailio;
  Station bob;
  const auto account = add_account(bob, "alice@example.test", settings_of("wrong", kamailio.host()));
  const test::Entry failed = registration_signal(bob, account, "DidFail");
  BOOST_CHECK_EQUAL(code_of(failed), "401");
  BOOST_CHECK(delay_of(failed) >= 60 && delay_of(failed) <= 120);
  BOOST_CHECK_EQUAL(state_of(bob, account), "failed");
  test::save(bob, account, {{"password", test::password_of("alice")}});
  registration_signal(bob, account, "DidSucceed");
  BOOST_CHECK_EQUAL(state_of(bob, account), "registered");
}

BOOST_AUTO_TEST_CASE(two_accounts_call_each_other_by_their_addresses) {
  const Home home;
  for (const std::string transport : {"udp", "tcp", "tls"}) {
    Station alice({.user = "a", .more = home.files.config()});
    Station bob({.more = home.files.config()});
    const auto from = add_account(alice, "alice@example.test", home.settings("alice", transport));
    const auto to = add_account(bob, "bob@example.test", home.settings("bob", transport));
    registration_signal(alice, from, "DidSucceed");
    registration_signal(bob, to, "DidSucceed");
    for (const bool caller_ends : {true, false}) {
      const auto outgoing = alice.client.call_out("sip:bob@example.test");
      const auto incoming = bob.called();
      BOOST_CHECK_EQUAL(bob.property<std::string>(incoming, "RemoteUri"), "sip:alice@example.test");
      BOOST_CHECK_EQUAL(bob.property<sdbus::ObjectPath>(incoming, "Account"), to);
      bob.accept(incoming);
      alice.wait(outgoing, "DidStart");
      bob.wait(incoming, "DidStart");
      // Kamailio challenges the BYE of either side.
      if (caller_ends)
        alice.end(outgoing);
      else
        bob.end(incoming);
      alice.wait(outgoing, caller_ends ? "DidEnd local" : "DidEnd remote");
      bob.wait(incoming, caller_ends ? "DidEnd remote" : "DidEnd local");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_registrar_that_died_and_came_back_is_registered_with_again) {
  Home home;
  Station bob({.more = home.files.config()});
  const std::vector<std::string> accounts{
      add_account(bob, "alice@example.test", home.settings("alice", "udp")),
      add_account(bob, "alice@other.test", home.settings("alice", "tls")),
  };
  for (const auto& account : accounts) registration_signal(bob, account, "DidSucceed");
  home.kamailio.stop();
  bob.recorder.clear();
  for (const auto& account : accounts) test::save(bob, account, {{"registration.interval", std::int32_t{300}}});
  for (const auto& account : accounts) {
    BOOST_CHECK_EQUAL(code_of(registration_signal(bob, account, "DidFail")), "0");
    // While the other one failed, it may have begun to try again.
    BOOST_CHECK_NE(state_of(bob, account), "registered");
  }
  home.kamailio.start();
  for (const auto& account : accounts) {
    registration_signal(bob, account, "DidSucceed", 1, 30s);
    BOOST_CHECK_EQUAL(state_of(bob, account), "registered");
  }
}

BOOST_AUTO_TEST_CASE(many_accounts_do_not_ask_their_registrar_all_at_once) {
  constexpr std::size_t at_a_time = 20;
  SipPeer registrar;
  std::string accounts;
  for (std::size_t i = 0; i < at_a_time + 5; ++i)
    accounts += std::string(i == 0 ? "" : ", ") + "{ id = \"u" + std::to_string(i) +
                "@example.test\"; enabled = true; password = \"secret\"; outbound_proxy = \"" + registrar.host() +
                "\"; }";
  Station station({.more = "accounts: { password_store = \"file\"; list = ( " + accounts + " ); };\n"});
  std::map<std::string, SipMessage> asked;  // each account is seen once, however often it repeats itself
  const auto take = [&](std::chrono::milliseconds limit) {
    const auto request = registrar.receive(limit);
    if (request) asked.emplace(request->header("Call-ID"), *request);
    return request.has_value();
  };
  while (asked.size() < at_a_time) BOOST_REQUIRE(take(test::patience));
  while (take(200ms)) {
  }
  BOOST_CHECK_EQUAL(asked.size(), at_a_time);
  const SipMessage first = asked.begin()->second;
  PeerCall(registrar, first, station.port())
      .reply(first, 200, "OK", "", "Contact: " + first.header("Contact") + ";expires=600\r\n");
  while (asked.size() == at_a_time) BOOST_REQUIRE(take(test::patience));
}

BOOST_AUTO_TEST_CASE(the_daemon_takes_its_bindings_back_before_it_ends) {
  Scripted run;
  run.grant(run.next(), 600);
  run.signal("DidSucceed");
  run.station.daemon.process().signal(SIGTERM);
  const SipMessage removal = run.next();
  BOOST_CHECK_EQUAL(removal.header("Expires"), "0");
  run.grant(removal, 0);
  BOOST_CHECK(run.station.daemon.process().wait(5s) == 0);
}

BOOST_AUTO_TEST_CASE(several_challenges_and_stale_nonces_and_the_nonce_of_old_are_answered) {
  Scripted run;
  std::string all;
  for (const char* algorithm : {"MD5", "SHA-512-256", "SHA-256"})
    all += std::string("WWW-Authenticate: Digest realm=\"example.test\", qop=\"auth\", nonce=\"1\", algorithm=") +
           algorithm + "\r\n";
  SipMessage request = run.next();
  BOOST_CHECK_EQUAL(request.header("Authorization"), "");
  run.answer(request, 401, "Unauthorized", all);
  request = run.next();
  BOOST_CHECK(request.header("Authorization").find("algorithm=SHA-512-256") != std::string::npos);
  run.challenge(request, "nonce=\"2\", stale=true, algorithm=SHA-256");
  request = run.next();
  BOOST_CHECK(request.header("Authorization").find("algorithm=SHA-256") != std::string::npos);
  BOOST_CHECK(request.header("Authorization").find("nc=00000001") != std::string::npos);
  run.grant(request, 10);
  run.signal("DidSucceed");
  // The refresh is signed at once.
  request = run.next();
  BOOST_CHECK(request.header("Authorization").find("nc=00000002") != std::string::npos);
  run.grant(request, 600);
  run.signal("DidSucceed", 2);
}

BOOST_AUTO_TEST_CASE(what_a_registrar_refuses_with_is_told_and_obeyed) {
  Scripted run;
  run.answer(run.next(), 423, "Interval Too Brief", "Min-Expires: 1800\r\n");
  SipMessage request = run.next();
  BOOST_CHECK_EQUAL(request.header("Expires"), "1800");
  run.answer(request, 503, "Busy", "Retry-After: 7\r\n");
  BOOST_CHECK_EQUAL(code_of(run.signal("DidFail")), "503");
  BOOST_CHECK_EQUAL(delay_of(run.signal("DidFail")), 7);
  // Whoever saves does not wait.
  test::save(run.station, run.account, {{"display_name", std::string("Alice")}});
  run.answer(run.next(), 403, "Forbidden");
  BOOST_CHECK_EQUAL(code_of(run.signal("DidFail", 2)), "403");
  BOOST_CHECK(delay_of(run.signal("DidFail", 2)) >= 60);
  SipPeer other;
  test::save(run.station, run.account, {{"display_name", std::string("Bob")}});
  request = run.next();
  PeerCall redirection(run.registrar, request, run.station.port());
  redirection.contact = "sip:" + other.host();
  redirection.reply(request, 302, "Moved");
  request = other.expect("REGISTER");
  BOOST_CHECK_EQUAL(request.request_uri(), "sip:" + other.host());
  // It is none of the servers of the account: our password is not for it.
  PeerCall(other, request, run.station.port())
      .reply(request, 401, "Unauthorized", "",
             "WWW-Authenticate: Digest realm=\"example.test\", nonce=\"1\", qop=\"auth\"\r\n");
  BOOST_CHECK_EQUAL(code_of(run.signal("DidFail", 3)), "401");
  BOOST_CHECK(other.silent(100ms));
}

BOOST_AUTO_TEST_CASE(silence_and_garbage_are_no_answers) {
  Scripted run;
  const SipMessage request = run.next();
  run.registrar.send("SIP/2.0 200 OK\r\nVia: nonsense\r\n\r\n", run.station.port());
  run.registrar.send(std::string(3000, '\xff'), run.station.port());
  const test::Entry failed = run.signal("DidFail", 1, 15s);
  BOOST_CHECK_EQUAL(code_of(failed), "0");
  BOOST_CHECK_EQUAL(reason_of(failed), "no response came");
  BOOST_CHECK(delay_of(failed) >= 1 && delay_of(failed) <= 2);
  run.grant(run.next(), 600);
  run.signal("DidSucceed");
}

BOOST_AUTO_TEST_CASE(a_registrar_that_lies_is_not_believed) {
  Scripted run;
  run.answer(run.next(), 200, "OK");
  BOOST_CHECK_EQUAL(reason_of(run.signal("DidFail")), "the registrar did not keep our contact");
  run.answer(run.next(), 200, "OK", "Contact: <sip:mallory@192.0.2.66>;expires=600\r\n");
  run.signal("DidFail", 2);
  const SipMessage request = run.next();
  run.answer(request, 200, "OK",
             "Contact: " + request.header("Contact") + ";expires=2147483648\r\nService-Route: <sip:192.0.2.66;lr>\r\n");
  BOOST_CHECK_EQUAL(run.signal("DidSucceed").arguments.at(5).text, "86400");
}

BOOST_AUTO_TEST_CASE(a_registrar_that_grants_a_second_is_asked_every_ten) {
  Scripted run;
  run.grant(run.next(), 1);
  const auto start = std::chrono::steady_clock::now();
  BOOST_CHECK_EQUAL(test::value_of(run.signal("DidEnd").arguments.at(3), "cause"), "\"expired\"");
  const auto request = run.registrar.receive(12s);
  BOOST_REQUIRE(request);
  BOOST_CHECK(std::chrono::steady_clock::now() - start > 9s);
  run.grant(*request, 600);
  run.signal("DidSucceed", 2);
}

BOOST_AUTO_TEST_CASE(the_address_that_the_registrar_sees_becomes_the_contact_if_that_is_wanted) {
  Scripted run;
  SipMessage request = run.next();
  std::string text = "SIP/2.0 200 OK\r\n" + request.headers("Via") + request.headers("From") +
                     "To: " + request.header("To") + ";tag=1\r\n" + request.headers("Call-ID") +
                     request.headers("CSeq") + "Contact: " + request.header("Contact") +
                     ";expires=600\r\nContent-Length: 0\r\n\r\n";
  const auto at = text.find(";rport");
  BOOST_REQUIRE(at != std::string::npos);
  text.insert(at + 6, "=4321;received=127.0.0.9");
  run.registrar.send(text, run.station.port());
  request = run.next();
  BOOST_CHECK(request.header("Contact").find("@127.0.0.9:4321>") != std::string::npos);
  BOOST_CHECK(request.headers("Contact").find(">;expires=0") != std::string::npos);
}

// Not from another port of it: a server may answer from where it likes (RFC 3261, 18.1.2 looks at the branch alone).
BOOST_AUTO_TEST_CASE(an_answer_from_another_address_is_not_the_registrars) {
  Scripted run;
  SipMessage request = run.next();
  const auto grant_from = [&](const std::string& address) {
    SipPeer other(address);
    other.speak_to("127.0.0.1");
    PeerCall(other, request, run.station.port())
        .reply(request, 200, "OK", "", "Contact: " + request.header("Contact") + ";expires=600\r\n");
  };
  grant_from("127.0.0.3");
  BOOST_CHECK_EQUAL(reason_of(run.signal("DidFail")), "the response came from 127.0.0.3 and not from the registrar");
  BOOST_CHECK_EQUAL(state_of(run.station, run.account), "failed");
  request = run.next();
  grant_from("127.0.0.1");
  run.signal("DidSucceed");
}

// What FreeSWITCH once did: answer whoever names the realm of the registrar.
struct Leak : Scripted {
  explicit Leak(const std::string& address = "127.0.0.1") : Scripted({}, address) {
    challenge(next(), "nonce=\"1\"");
    grant(next(), 600);
    signal("DidSucceed");
  }

  std::string call(const std::string& host, const std::string& address, std::uint16_t port,
                   const std::string& transport = "udp") {
    const auto session = station.client.create_session(account);
    station.act(session, "Connect", "sip:mallory@" + host, test::Routes{{address, port, transport}}, Names{"audio"});
    return session;
  }

  const std::string parameters = " Digest realm=\"example.test\", nonce=\"2\", qop=\"auth\"\r\n";
  const std::vector<std::pair<int, std::string>> challenges{{401, "WWW-Authenticate:" + parameters},
                                                            {407, "Proxy-Authenticate:" + parameters}};
};

std::string digests(const SipMessage& request) {
  return request.header("Authorization") + request.header("Proxy-Authorization");
}

BOOST_AUTO_TEST_CASE(a_callee_that_names_the_realm_of_our_registrar_gets_no_digest) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    Leak run(address);
    for (const auto& [code, header] : run.challenges) {
      SipPeer mallory(address);
      const auto session = run.call(mallory.host(), address, mallory.port());
      const SipMessage invite = mallory.expect("INVITE");
      BOOST_CHECK_EQUAL(digests(invite), "");
      PeerCall(mallory, invite, run.station.port()).reply(invite, code, "Who are you", "", header);
      BOOST_CHECK_EQUAL(digests(mallory.expect("ACK")), "");
      run.station.wait(session, "DidEnd remote");
      BOOST_CHECK(mallory.silent(100ms));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_callee_by_tcp_gets_no_digest_either) {
  Leak run;
  for (const auto& [code, header] : run.challenges) {
    test::StreamServer mallory;
    const auto session = run.call(mallory.host(), "127.0.0.1", mallory.port(), "tcp");
    const SipMessage invite = mallory.receive();
    BOOST_CHECK_EQUAL(digests(invite), "");
    mallory.reply(invite, std::to_string(code) + " Who are you", header);
    const SipMessage ack = mallory.receive();
    BOOST_CHECK_EQUAL(ack.method(), "ACK");
    BOOST_CHECK_EQUAL(digests(ack), "");
    run.station.wait(session, "DidEnd remote");
    BOOST_CHECK_THROW(mallory.receive(100ms), std::runtime_error);
  }
}

BOOST_AUTO_TEST_CASE(within_a_call_no_digest_leaves_either) {
  Leak run;
  for (const auto& [code, header] : run.challenges) {
    SipPeer mallory;
    const auto session = run.call(mallory.host(), "127.0.0.1", mallory.port());
    const SipMessage invite = mallory.expect("INVITE");
    PeerCall call(mallory, invite, run.station.port());
    call.answer(invite, Sdp{}.text());
    run.station.wait(session, "DidStart");
    run.station.act(session, "Hold");
    const SipMessage again = mallory.expect("INVITE");
    BOOST_CHECK_EQUAL(digests(again), "");
    call.reply(again, code, "Who are you", "", header);
    BOOST_CHECK_EQUAL(digests(mallory.expect("ACK")), "");
    run.station.end(session);
    const SipMessage bye = mallory.expect("BYE");
    BOOST_CHECK_EQUAL(digests(bye), "");
    call.reply(bye, code, "Who are you", "", header);
    run.station.wait(session, "DidEnd local");
    BOOST_CHECK(mallory.silent(100ms));
  }
}

BOOST_AUTO_TEST_SUITE_END()
