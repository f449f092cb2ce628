// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/bus/chat_stories.h"
#include "tests/support/tls_files.h"

// Chats over TLS: whom the daemon believes, as the one that connects and as the one that waits.
BOOST_AUTO_TEST_SUITE(chat_tls)

using test::ChatLine;
using test::IncomingChat;
using test::OutgoingChat;
using test::received;
using test::send_message;
using test::Station;
using test::verdict;

namespace {

// What a peer shows, and what it says by SIP that it shows.
struct Peer {
  Peer() {
    test::MsrpPeer chat(options());
    fingerprint = chat.fingerprint();
  }
  std::vector<std::string> options() const { return {"--tls", "--certificate", certificate}; }
  ChatLine line(const std::string& setup, const std::string& shown) const {
    return {.setup = setup, .more = shown.empty() ? "" : "a=fingerprint:" + shown + "\r\n"};
  }
  std::string wrong() const {
    std::string other = fingerprint;
    other.back() = other.back() == '0' ? '1' : '0';
    return other;
  }

  test::TlsFiles files;
  std::string certificate = files.issue("peer.pem", {.self_signed = true});
  std::string fingerprint;
};

std::string transport(Station& bob, const std::string& session, const std::string& entry) {
  return bob.property<test::Dictionary>(session, "ChatTransport").at(entry).get<std::string>();
}

template <typename Chat>
void exchange(Station& bob, Chat& run) {
  run.chat.act("send id=word body=a secret");
  BOOST_CHECK_EQUAL(received(bob, run.session).content, "a secret");
  BOOST_CHECK_EQUAL(verdict(bob, run.session, send_message(bob, run.session, "another")), "DidDeliverMessage 200 OK");
  BOOST_CHECK_EQUAL(transport(bob, run.session, "transport"), "tls");
  BOOST_CHECK_MESSAGE(run.chat.count("WRONG") == 0, run.chat.said());
}

// The only stream of the session fails, and nothing was said before.
template <typename Chat>
void check_disbelief(Station& bob, Chat& run) {
  const test::Entry failure = bob.recorder.wait(run.session, "SIPSessionDidFail");
  const std::string reason = failure.arguments.at(3).text;
  BOOST_CHECK_MESSAGE(reason.starts_with("the peer is not believed: "), reason);
  run.call.reply(run.sip.expect("BYE"), 200, "OK");
  bob.wait(run.session, "DidEnd local");
  BOOST_CHECK_EQUAL(run.chat.count("GOT SEND") + run.chat.count("MESSAGE"), 0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_peer_that_connects_with_the_certificate_that_it_announced_is_believed) {
  Station bob;
  const Peer peer;
  IncomingChat run(bob, peer.line("active", peer.fingerprint), peer.options());
  BOOST_CHECK(run.ok.description_line("m=message ").ends_with(" TCP/TLS/MSRP *"));
  run.connect();
  // And shows what it announced itself.
  const std::string line = run.chat.said().substr(run.chat.said().find("TLS 1 "));
  BOOST_CHECK_MESSAGE(line.substr(0, line.find('\n')).ends_with(run.ok.description_line("a=fingerprint:")), line);
  exchange(bob, run);
  BOOST_CHECK_EQUAL(transport(bob, run.session, "verification"), "fingerprint");
}

BOOST_AUTO_TEST_CASE(a_peer_that_waits_with_the_certificate_that_it_announced_is_believed) {
  Station bob;
  const Peer peer;
  IncomingChat run(bob, peer.line("passive", peer.fingerprint), peer.options());
  run.connect();
  exchange(bob, run);
  BOOST_CHECK_EQUAL(transport(bob, run.session, "verification"), "fingerprint");
}

BOOST_AUTO_TEST_CASE(a_peer_that_we_call_is_believed_by_what_it_announced) {
  Station bob;
  const Peer peer;
  OutgoingChat run(bob, peer.line("passive", peer.fingerprint), peer.options());
  BOOST_CHECK(run.invite.description_line("a=fingerprint:").starts_with("sha-256 "));
  run.connect();
  exchange(bob, run);
}

BOOST_AUTO_TEST_CASE(a_certificate_that_is_not_the_announced_one_ends_the_chat) {
  Station bob;
  const Peer peer;
  {
    IncomingChat run(bob, peer.line("passive", peer.wrong()), peer.options());
    check_disbelief(bob, run);
  }
  {
    OutgoingChat run(bob, peer.line("passive", peer.wrong()), peer.options());
    check_disbelief(bob, run);
  }
  IncomingChat run(bob, peer.line("active", peer.wrong()), peer.options());
  run.chat.learn(run.ok);
  run.chat.connect();
  run.chat.act("send id=false body=believe me");
  check_disbelief(bob, run);
  BOOST_CHECK(run.chat.wait("RESPONSE").ends_with(" 481"));
}

BOOST_AUTO_TEST_CASE(who_announces_a_certificate_and_shows_none_is_not_believed) {
  Station bob;
  const Peer peer;
  IncomingChat run(bob, peer.line("active", peer.fingerprint), {"--tls"});
  run.chat.learn(run.ok);
  run.chat.connect();
  run.chat.act("send id=false body=believe me");
  check_disbelief(bob, run);
}

BOOST_AUTO_TEST_CASE(without_an_announcement_the_name_counts_where_we_connect) {
  Station bob;
  const Peer peer;
  {
    IncomingChat run(bob, peer.line("passive", ""), peer.options());
    check_disbelief(bob, run);
  }
  IncomingChat run(bob, peer.line("active", ""), peer.options());
  run.connect();
  exchange(bob, run);
  BOOST_CHECK_EQUAL(transport(bob, run.session, "verification"), "none");
}

BOOST_AUTO_TEST_CASE(a_peer_at_an_address_is_believed_by_a_certificate_of_the_address) {
  Peer peer;
  Station bob({.more = peer.files.config()});
  peer.certificate = peer.files.issue("address.pem", {.alternative_names = "IP:127.0.0.1"});
  {
    IncomingChat run(bob, peer.line("passive", ""), peer.options());
    run.connect();
    exchange(bob, run);
    BOOST_CHECK_EQUAL(transport(bob, run.session, "verification"), "name");
  }
  for (const test::Issue& issue : {test::Issue{.alternative_names = "IP:127.0.0.2"},
                                   {.common_name = "127.0.0.1"},
                                   {.alternative_names = "DNS:127.0.0.1"}}) {
    peer.certificate = peer.files.issue("other.pem", issue);
    IncomingChat run(bob, peer.line("passive", ""), peer.options());
    check_disbelief(bob, run);
  }
}

BOOST_AUTO_TEST_CASE(a_name_is_not_asked_for_where_servers_need_not_prove_theirs) {
  const Peer peer;
  Station bob({.more = peer.files.config("verify_server = false;")});
  {
    IncomingChat run(bob, peer.line("passive", ""), peer.options());
    run.connect();
    exchange(bob, run);
    BOOST_CHECK_EQUAL(transport(bob, run.session, "verification"), "none");
  }
  IncomingChat run(bob, peer.line("passive", peer.wrong()), peer.options());
  check_disbelief(bob, run);
}

BOOST_AUTO_TEST_CASE(who_was_promised_tls_gets_no_chat_without) {
  Station bob;
  const Peer peer;
  IncomingChat run(bob, peer.line("active", peer.fingerprint), peer.options());
  run.chat.learn(run.ok);
  run.chat.act("connect " + run.chat.remote_port());
  run.chat.act("send id=plain body=in the clear");
  BOOST_CHECK(run.chat.wait("RESPONSE").ends_with(" 481"));
  run.connect();
  BOOST_CHECK_EQUAL(bob.property<bool>(run.session, "HasChat"), true);
}

BOOST_AUTO_TEST_CASE(a_plain_answer_to_an_offer_of_tls_ends_the_session) {
  Station bob;
  OutgoingChat run(bob, {.setup = "passive"});
  const test::Entry failure = bob.recorder.wait(run.session, "SIPSessionDidFail");
  BOOST_CHECK_EQUAL(failure.arguments.at(3).text, "we asked for TLS, and the peer does without");
  run.call.reply(run.sip.expect("BYE"), 200, "OK");
  BOOST_CHECK_EQUAL(run.chat.count("CONNECTED"), 0);
}

BOOST_AUTO_TEST_SUITE_END()
