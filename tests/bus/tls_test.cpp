// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"
#include "tests/support/process_figures.h"
#include "tests/support/sipp.h"
#include "tests/support/tls_files.h"
#include "tests/support/tls_server.h"

using namespace std::chrono_literals;
using Files = test::TlsFiles;
using test::Issue;
using test::Process;
using test::Station;
using test::Story;
using test::TlsServer;

// SIP over TLS, with servers of Python's ssl and with a second daemon.
BOOST_AUTO_TEST_SUITE(tls)

namespace {

// What the call over TLS to the name, at this port, fails with.
std::string failure(Station& bob, const std::string& callee, std::uint16_t port) {
  const auto session = bob.call(callee, {{"127.0.0.1", port, "tls"}});
  bob.recorder.wait(session, "SIPSessionDidEnd");
  for (const std::string& line : bob.story(session))
    if (line.starts_with("DidFail ")) return line.substr(8);
  return "nothing";
}

struct Case {
  std::string label;
  Issue issue;
  std::vector<std::string> options;
  std::string fault;  // empty: the server is believed, and refuses the call
  bool foreign = false;
};

std::vector<Case> cases(const Files& files) {
  const Issue good{.alternative_names = "DNS:other.test,DNS:good.test"};
  const std::string unknown = files.write("other.pem", files.other.certificate());
  return {
      {"good", good, {}, ""},
      {"good, for TLS 1.2 only", good, {"--most", "1.2"}, ""},
      {"good, for TLS 1.3 only", good, {"--least", "1.3"}, ""},
      {"a SIP domain", {.alternative_names = "URI:sip:good.test"}, {}, ""},
      {"common name only", {.common_name = "good.test"}, {}, ""},
      {"self-signed",
       {.alternative_names = "DNS:good.test", .self_signed = true},
       {},
       "its certificate is self-signed"},
      {"unknown authority",
       good,
       {},
       "its certificate is signed by an authority that is not trusted here: tls.ca_list_file",
       true},
      {"wrong name", {.alternative_names = "DNS:other.test"}, {}, "its certificate is for other.test"},
      {"right common name beside a wrong one",
       {.common_name = "good.test", .alternative_names = "DNS:other.test"},
       {},
       "its certificate is for other.test"},
      {"wildcard", {.alternative_names = "DNS:*.test"}, {}, "its certificate is for *.test"},
      {"address", {.alternative_names = "IP:127.0.0.1"}, {}, "its certificate is for a server"},
      {"expired",
       {.alternative_names = "DNS:good.test", .first_day = -30, .last_day = -1},
       {},
       "its certificate expired on 20"},
      {"of the future",
       {.alternative_names = "DNS:good.test", .first_day = 2},
       {},
       "its certificate is not valid before 20"},
      {"old versions only",
       good,
       {"--least", "1.0", "--most", "1.1", "--ciphers", "ALL:@SECLEVEL=0"},
       "it speaks no TLS 1.2 or newer"},
      {"weak ciphers only",
       good,
       {"--most", "1.2", "--ciphers", "AES128-SHA:@SECLEVEL=0"},
       "it takes none of our ciphers"},
      {"a certificate is demanded of us",
       good,
       {"--most", "1.2", "--demands", unknown},
       "it refuses our certificate (unknown CA)"},
      {"no handshake", good, {"--stall"}, "no handshake within 1 s"},
  };
}

std::vector<std::string> knock(std::uint16_t port, std::size_t count, std::vector<std::string> options = {}) {
  std::vector<std::string> command{
      "python3", "-W", "ignore", test::data_file("tls/knock.py"), std::to_string(port), std::to_string(count)};
  command.insert(command.end(), options.begin(), options.end());
  return command;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_server_is_believed_only_with_a_valid_certificate_of_the_domain) {
  const Files files;
  Station bob({.more = files.config()});
  for (const Case& one : cases(files)) {
    BOOST_TEST_CONTEXT(one.label) {
      const std::string text = one.foreign ? files.other.issue(one.issue) : files.trusted.issue(one.issue);
      TlsServer server(files.write("case.pem", text), one.options);
      const auto start = std::chrono::steady_clock::now();
      const std::string fault = failure(bob, "sip:alice@good.test", server.port());
      BOOST_CHECK(std::chrono::steady_clock::now() - start < 4s);
      if (one.fault.empty()) {
        BOOST_CHECK_EQUAL(fault, "remote 486 Busy Here");
      } else {
        const std::string expected = "local 503 TLS with good.test failed: " + one.fault;
        BOOST_CHECK_EQUAL(fault.substr(0, expected.size()), expected);
        BOOST_CHECK_EQUAL(server.count("GOT"), 0);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_is_called_by_its_address_has_no_name_and_that_is_told) {
  const Files files;
  Station bob({.more = files.config()});
  TlsServer server(files.issue("address.pem", {.alternative_names = "IP:127.0.0.1"}));
  BOOST_CHECK_EQUAL(failure(bob, "sip:alice@127.0.0.1", server.port()),
                    "local 503 TLS with 127.0.0.1 failed: its certificate is for a server");
}

BOOST_AUTO_TEST_CASE(without_verification_any_certificate_will_do) {
  const Files files;
  Station bob({.more = "tls: { verify_server = false; };\n"});
  TlsServer server(files.write("self.pem", files.trusted.issue({.self_signed = true})));
  BOOST_CHECK_EQUAL(failure(bob, "sip:alice@good.test", server.port()), "remote 486 Busy Here");
}

BOOST_AUTO_TEST_CASE(the_next_route_is_tried_at_once_when_a_handshake_fails) {
  const Files files;
  Station bob({.more = files.config()});
  TlsServer wrong(files.issue("wrong.pem", {.alternative_names = "DNS:wrong.test"}));
  TlsServer right(files.server());
  const auto start = std::chrono::steady_clock::now();
  const auto session =
      bob.call("sip:alice@good.test", {{"127.0.0.1", wrong.port(), "tls"}, {"127.0.0.1", right.port(), "tls"}});
  bob.wait(session, "DidFail remote 486 Busy Here");
  BOOST_CHECK(std::chrono::steady_clock::now() - start < 4s);
}

BOOST_AUTO_TEST_CASE(two_names_at_one_address_never_share_a_connection) {
  const Files files;
  Station bob({.more = files.config()});
  TlsServer server(files.server());
  BOOST_CHECK_EQUAL(failure(bob, "sip:alice@good.test", server.port()), "remote 486 Busy Here");
  BOOST_CHECK_EQUAL(failure(bob, "sip:alice@evil.test", server.port()),
                    "local 503 TLS with evil.test failed: its certificate is for good.test");
  BOOST_CHECK_EQUAL(failure(bob, "sip:alice@good.test", server.port()), "remote 486 Busy Here");
  BOOST_CHECK_EQUAL(server.count("GOT INVITE sip:alice@evil.test"), 0);
  BOOST_CHECK_EQUAL(server.count("GOT INVITE"), 2);
  BOOST_CHECK_EQUAL(server.count("CONNECTED"), 2);
  BOOST_CHECK_EQUAL(server.count("NAME good.test"), 1);
  BOOST_CHECK_EQUAL(server.count("NAME evil.test"), 1);
}

BOOST_AUTO_TEST_CASE(a_dialog_stays_with_the_server_whose_name_was_checked) {
  // Its Record-Route bears an address, for which no certificate is; with a new connection after the ACK, too.
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"--answer", "200"}, std::vector<std::string>{"--answer", "200", "--hangs-up"}}) {
    const Files files;
    Station bob({.more = files.config()});
    TlsServer server(files.server(), options);
    const auto session = bob.call("sips:alice@good.test", {{"127.0.0.1", server.port(), "tls"}});
    bob.wait(session, "DidStart");
    const std::string invite = server.wait("GOT INVITE sips:alice@good.test");
    BOOST_CHECK(invite.find("Contact: <sips:bob@127.0.0.1:") != invite.npos);
    BOOST_CHECK(invite.find("maddr") == invite.npos);
    server.wait("GOT ACK");
    if (options.size() > 2) {
      server.wait("HUNG UP");
      // Whoever has answered this has seen the end of the connection.
      test::SipPeer peer;
      test::PeerCall(peer, bob.uri(), bob.port()).send("OPTIONS");
      peer.expect(200);
    }
    bob.end(session);
    server.wait("GOT BYE");
    CHECK_STORY(bob, session, test::calling + test::answered + test::ended_by_us);
  }
}

BOOST_AUTO_TEST_CASE(daemons_call_each_other_over_tls) {
  const Files files;
  const std::string named =
      "certificate_file = \"" + files.issue("a.pem", {.alternative_names = "DNS:alice.test"}) + "\";";
  for (const std::string address : {"127.0.0.1", "::1"}) {
    Station alice({.user = "alice", .address = address, .more = files.config(named)});
    Station bob({.address = address, .more = files.config()});
    BOOST_CHECK(alice.uri("tls").ends_with(";transport=tls"));
    const test::Routes route{{address, alice.port("tls"), "tls"}};
    for (const std::string scheme : {"sip", "sips"}) {
      const auto ours = bob.call(scheme + ":alice@alice.test", route);
      const auto theirs = alice.called();
      alice.accept(theirs);
      bob.wait(ours, "DidStart");
      alice.wait(theirs, "DidStart");
      // Over the connection that bob made: his own certificate bears no name that alice could check.
      alice.act(theirs, "Hold");
      bob.wait(ours, "GotHoldRequest remote");
      alice.act(theirs, "Unhold");
      bob.wait(ours, "GotUnholdRequest remote");
      alice.end(theirs);
      bob.wait(ours, "DidEnd remote");
      alice.wait(theirs, "DidEnd local");
    }
  }
}

BOOST_AUTO_TEST_CASE(an_account_registers_over_tls_with_a_server_of_its_name_only) {
  const Files files;
  TlsServer right(files.issue("right.pem", {.alternative_names = "DNS:edge.good.test"}));
  TlsServer wrong(files.issue("wrong.pem", {.alternative_names = "DNS:wrong.test"}));
  const auto account = [](const std::string& user, std::uint16_t port) {
    return "{ id = \"" + user + "@good.test\"; enabled = true; outbound_proxy = \"127.0.0.1:" + std::to_string(port) +
           ";transport=tls\"; sip: { tls_name = \"edge.good.test\"; }; }";
  };
  Station bob({.more = files.config() + "accounts: { list = ( " + account("alice", right.port()) + ", " +
                       account("carol", wrong.port()) + " ); };\n"});
  const std::string request = right.wait("GOT REGISTER sip:good.test ");
  BOOST_CHECK(request.find("Contact: <sip:") != request.npos && request.find(";transport=tls>") != request.npos);
  const auto reason = [&](const std::string& id) {
    const auto path =
        bob.client.call<sdbus::ObjectPath>(test::account_manager_path, "AccountManager", "GetAccount", id);
    return bob.client.get<std::string>(path, "Account", "RegistrationState") + " " +
           bob.client.get<std::string>(path, "Account", "RegistrationReason");
  };
  bob.until([&] { return reason("alice@good.test") == "registered OK"; }, "registered");
  bob.until(
      [&] {
        return reason("carol@good.test") == "failed TLS with edge.good.test failed: its certificate is for wrong.test";
      },
      "the fault of the certificate");
  BOOST_CHECK_EQUAL(wrong.count("GOT"), 0);
}

BOOST_AUTO_TEST_CASE(a_call_over_udp_or_tcp_has_a_contact_without_tls) {
  Station bob;
  test::Sipp udp({.scenario = "uas"});
  const auto first = bob.call(udp.uri());
  bob.wait(first, "DidStart");
  bob.end(first);
  BOOST_CHECK_EQUAL(udp.fault(), "");
  test::SipPeer peer;
  bob.call(peer.uri());
  BOOST_CHECK_EQUAL(peer.expect("INVITE").contact_uri(), "sip:bob@127.0.0.1:" + std::to_string(bob.port()));
}

BOOST_AUTO_TEST_CASE(a_sips_call_never_leaves_tls) {
  const Files files;
  Station bob({.more = files.config()});
  test::SipPeer plain;
  TlsServer wrong(files.issue("wrong.pem", {.alternative_names = "DNS:wrong.test"}));
  const auto refused = [&](const test::Routes& routes) {
    return test::Client::error_of([&] { bob.call("sips:alice@good.test", routes); });
  };
  BOOST_CHECK_EQUAL(refused({{"127.0.0.1", plain.port(), "udp"}}), "InvalidArgument");
  BOOST_CHECK_EQUAL(refused({{"127.0.0.1", wrong.port(), "tls"}, {"127.0.0.1", plain.port(), "tcp"}}),
                    "InvalidArgument");
  BOOST_CHECK_EQUAL(failure(bob, "sips:alice@good.test", wrong.port()),
                    "local 503 TLS with good.test failed: its certificate is for wrong.test");
  BOOST_CHECK(plain.silent(0ms));
  Station deaf({.more = "sip: { transports = [\"udp\"]; };\n"});
  BOOST_CHECK_EQUAL(test::Client::error_of([&] { deaf.call("sips:alice@good.test"); }), "NoTransport");
}

BOOST_AUTO_TEST_CASE(who_cannot_read_its_authorities_trusts_nobody) {
  const Files files;
  const std::string missing = files.directory.path() / "missing.pem";
  const std::string text = files.write("text.pem", "no certificate\n");
  for (const std::string& file : {missing, text}) {
    Station bob({.more = "tls: { ca_list_file = \"" + file + "\"; };\n"});
    BOOST_CHECK_THROW(bob.port("tls"), std::runtime_error);
    BOOST_CHECK_EQUAL(test::Client::error_of([&] {
                        bob.call("sip:a@good.test", {{"127.0.0.1", 5061, "tls"}});
                      }),
                      "NoTransport");
  }
  Station alone({.more = "tls: { ca_list_file = \"" + missing + "\"; };\nsip: { transports = [\"tls\"]; };\n"});
  BOOST_CHECK(!alone.client.get<bool>(test::engine_path, "Engine", "IsRunning"));
  alone.client.call(test::engine_path, "Engine", "Start");
  const test::Entry& failed = alone.recorder.wait(test::engine_path, "SIPEngineDidFail");
  BOOST_CHECK_EQUAL(failed.arguments[1].text, "tls.ca_list_file \"" + missing + "\": No such file or directory");
}

BOOST_AUTO_TEST_CASE(the_files_are_read_again_and_no_dialog_ends) {
  const Files files;
  const auto certificate = [&](const std::string& name) {
    return files.issue("a.pem", {.alternative_names = "DNS:" + name});
  };
  Station alice({.user = "alice", .more = files.config("certificate_file = \"" + certificate("alice.test") + "\";")});
  Station bob({.more = files.config()});
  const test::Routes route{{"127.0.0.1", alice.port("tls"), "tls"}};
  const auto ours = bob.call("sip:alice@alice.test", route);
  const auto theirs = alice.called();
  alice.accept(theirs);
  bob.wait(ours, "DidStart");
  alice.wait(theirs, "DidStart");

  certificate("renamed.test");
  alice.daemon.process().signal(SIGHUP);
  Station carol({.user = "carol", .more = files.config()});
  carol.until(
      [&] {
        return failure(carol, "sip:x@alice.test", alice.port("tls")).find("for renamed.test") != std::string::npos;
      },
      "the new certificate");
  files.write("a.pem", "broken");
  alice.daemon.process().signal(SIGHUP);
  carol.until(
      [&] {
        return failure(carol, "sip:x@alice.test", alice.port("tls")).find("for renamed.test") != std::string::npos;
      },
      "the certificate stays");
  bob.act(ours, "Hold");
  alice.wait(theirs, "GotHoldRequest remote");
  alice.end(theirs);
  bob.wait(ours, "DidEnd remote");
}

BOOST_AUTO_TEST_CASE(a_certificate_is_made_once_and_for_its_owner_alone) {
  Station bob;
  const std::string file = bob.daemon.data_directory() / "certificate.pem";
  struct stat status {};
  BOOST_REQUIRE_EQUAL(::stat(file.c_str(), &status), 0);
  BOOST_CHECK_EQUAL(status.st_mode & 0777, 0600u);
  const std::string text = test::read_file(file);
  BOOST_CHECK(text.find("BEGIN PRIVATE KEY") != text.npos);
  bob.client.call(test::engine_path, "Engine", "Stop");
  bob.client.call(test::engine_path, "Engine", "Start");
  bob.recorder.wait(test::engine_path, "SIPEngineDidStart");
  BOOST_CHECK(test::read_file(file) == text);
}

BOOST_AUTO_TEST_CASE(stalled_handshakes_hold_up_nobody_and_end) {
  const Files files;
  Station bob({.more = files.config()});
  TlsServer stalled(files.server(), {"--stall"});
  Process silent(knock(bob.port("tls"), 300, {"--silent"}));
  const auto session = bob.call("sip:alice@good.test", {{"127.0.0.1", stalled.port(), "tls"}});
  stalled.wait("CONNECTED");
  const auto start = std::chrono::steady_clock::now();
  test::SipPeer peer;
  test::PeerCall call(peer, bob.uri(), bob.port());
  call.send("OPTIONS");
  peer.expect(200);
  BOOST_CHECK_EQUAL(bob.client.state(session), "CALLING");
  BOOST_CHECK(std::chrono::steady_clock::now() - start < 500ms);
  BOOST_CHECK_EQUAL(silent.wait(test::patience).value_or(-1), 0);
  bob.wait(session, "DidFail local 503 TLS with good.test failed: no handshake within 1 s");
}

BOOST_AUTO_TEST_CASE(strangers_who_come_over_tls_leave_nothing_behind) {
  Station bob;
  const auto knocked = [&](std::size_t count) {
    Process process(knock(bob.port("tls"), count));
    return process.wait(20s).value_or(-1);
  };
  BOOST_CHECK_EQUAL(knocked(100), 0);
  const long before = test::kilobytes_of(bob.daemon.process().number());
  BOOST_CHECK_EQUAL(knocked(400), 0);
  const long grown = test::kilobytes_of(bob.daemon.process().number()) - before;
  if (!std::getenv("SANITIZED")) BOOST_CHECK_MESSAGE(grown < 4000, grown << " kB for 400 connections");
}

BOOST_AUTO_TEST_CASE(a_client_of_an_old_version_is_turned_away) {
  Station bob;
  Process old(knock(bob.port("tls"), 1, {"--most", "1.1"}));
  BOOST_CHECK_NE(old.wait(test::patience).value_or(0), 0);
  Process current(knock(bob.port("tls"), 1, {"--most", "1.2"}));
  BOOST_CHECK_EQUAL(current.wait(test::patience).value_or(-1), 0);
}

BOOST_AUTO_TEST_SUITE_END()
