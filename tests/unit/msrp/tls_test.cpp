// SPDX-License-Identifier: LGPL-2.1-or-later
#include <openssl/ssl.h>

#include "base/error.h"
#include "tests/unit/msrp/network.h"

using namespace network;

namespace {

struct Secure {
  World world;
  Site here{world}, there{world};
  std::unique_ptr<Party> alice, bob;
  msrp::RemoteChat alices, bobs;  // as the other is told

  Secure() { make(); }
  void make() {
    alice = std::make_unique<Party>(here, true);
    bob = std::make_unique<Party>(there, true);
    alices = alice->as_remote();
    bobs = bob->as_remote();
  }
  void start() {
    bob->stream->start(false, alices);
    alice->stream->start(true, bobs);
  }
};

const std::string mismatch =
    "ChatFailed 0 the peer is not believed: its certificate is not the one whose fingerprint the session gives\n";

// The other end of TLS, of a version that we choose. What it does is done when the loop runs.
class OldPeer {
 public:
  OldPeer(World& world, std::uint16_t port, int newest)
      : world_(world), context_(SSL_CTX_new(TLS_client_method())), socket_(msrp::connect_to({"127.0.0.1", port})) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), newest);
    connection_.reset(SSL_new(context_.get()));
    SSL_set_fd(connection_.get(), socket_.number());
  }
  // Whether the handshake succeeds.
  bool shakes_hands() {
    int result = 0;
    BOOST_TEST(world_.until([&] {
      result = SSL_connect(connection_.get());
      const int error = SSL_get_error(connection_.get(), result);
      const bool connecting = error == SSL_ERROR_SYSCALL && errno == ENOTCONN;
      return result == 1 || (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE && !connecting);
    }));
    return result == 1;
  }
  void say(const std::string& bytes) { SSL_write(connection_.get(), bytes.data(), static_cast<int>(bytes.size())); }
  bool hears(const std::string& text) {
    std::string heard;
    return world_.until([&] {
      char room[4096];
      const int size = SSL_read(connection_.get(), room, sizeof(room));
      if (size > 0) heard.append(room, static_cast<std::size_t>(size));
      return heard.find(text) != heard.npos;
    });
  }

 private:
  World& world_;
  base::Handle<SSL_CTX, SSL_CTX_free> context_;
  base::Descriptor socket_;
  base::Handle<SSL, SSL_free> connection_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(tls)

BOOST_FIXTURE_TEST_CASE(two_ends_with_the_right_fingerprints_talk, Secure) {
  BOOST_TEST(bobs.secure);
  BOOST_TEST(bobs.path[0].secure);
  BOOST_TEST(bobs.fingerprints[0].size() == 8 + 32 * 3 - 1);
  BOOST_TEST(bobs.fingerprints[0].starts_with("sha-256 "));
  BOOST_TEST(bobs.fingerprints[0] != alices.fingerprints[0]);
  start();
  alice->say("hello");
  bob->say(std::string(300'000, 'y'));
  BOOST_TEST(bob->hears("GotMessage hello\n"));
  BOOST_TEST(alice->hears("GotMessage yyy"));
  BOOST_TEST(alice->hears("delivered 200\n"));
  BOOST_TEST(bob->hears("delivered 200\n"));
  for (const Party* party : {alice.get(), bob.get()}) {
    BOOST_TEST(party->stream->statistics().transport == "tls");
    BOOST_CHECK(party->stream->statistics().verification == msrp::Verification::fingerprint);
  }
}

// T-74.
BOOST_FIXTURE_TEST_CASE(another_certificate_than_the_peer_said_is_refused_by_the_one_who_connects, Secure) {
  bobs.fingerprints = alices.fingerprints;
  start();
  BOOST_TEST(alice->hears(mismatch));
  BOOST_TEST(bob->told.find("DidBind") == std::string::npos);
}

// T-74.
BOOST_FIXTURE_TEST_CASE(another_certificate_than_the_peer_said_is_refused_by_the_one_who_waits, Secure) {
  alices.fingerprints = bobs.fingerprints;
  start();
  BOOST_TEST(bob->hears(mismatch));
  BOOST_TEST(alice->hears("ChatFailed 481"));
}

BOOST_FIXTURE_TEST_CASE(one_of_several_fingerprints_of_the_best_hash_is_enough, Secure) {
  const std::string right = bobs.fingerprints[0], wrong = alices.fingerprints[0];
  bobs.fingerprints = {"sha-1 00:11", wrong, "SHA-256 " + right.substr(8)};
  start();
  BOOST_TEST(alice->hears("DidBind\n"));
  make();
  bobs.fingerprints = {right, "sha-512 00:11"};
  start();
  BOOST_TEST(alice->hears(mismatch));
  make();
  bobs.fingerprints = {"md5 00:11"};
  start();
  BOOST_TEST(alice->hears("ChatFailed 0 the peer is not believed: the session gives fingerprints of no hash"));
}

// T-74.
BOOST_FIXTURE_TEST_CASE(a_server_without_a_fingerprint_must_prove_its_name, Secure) {
  bobs.fingerprints.clear();
  start();
  BOOST_TEST(alice->hears("ChatFailed 0 the peer is not believed: its certificate is self-signed\n"));
  here.settings.verify_servers = false;
  make();
  bobs.fingerprints.clear();
  start();
  BOOST_TEST(alice->hears("DidBind\n"));
  BOOST_CHECK(alice->stream->statistics().verification == msrp::Verification::none);
}

BOOST_FIXTURE_TEST_CASE(a_client_without_a_certificate_is_refused_where_the_session_gives_a_fingerprint, Secure) {
  bob->stream->start(false, alices);
  OldPeer peer(world, there.engine.port(), TLS1_3_VERSION);
  BOOST_TEST(peer.shakes_hands());
  peer.say(Stranger::request(bob->path(), "SEND", alice->path()));
  BOOST_TEST(bob->hears("ChatFailed 0 the peer is not believed: it shows no certificate"));
}

BOOST_FIXTURE_TEST_CASE(tls_1_2_is_the_oldest_that_is_spoken, Secure) {
  alices.fingerprints.clear();
  bob->stream->start(false, alices);
  BOOST_TEST(!OldPeer(world, there.engine.port(), TLS1_1_VERSION).shakes_hands());
  OldPeer good(world, there.engine.port(), TLS1_2_VERSION);
  BOOST_TEST(good.shakes_hands());
  good.say(Stranger::request(bob->path(), "SEND", alice->path()));
  BOOST_TEST(good.hears("MSRP bind 200"));
  BOOST_TEST(bob->told == "DidBind\n");
}

BOOST_FIXTURE_TEST_CASE(a_plain_peer_gets_no_secure_session_and_the_other_way_round, Secure) {
  Party carol(there, false);
  bob->stream->start(false, alices);
  carol.stream->start(false, {false, alices.path, {}, alices.accepted, {}});
  Stranger plain(world, there.engine.port());
  plain.say(Stranger::request(bob->path(), "SEND", alice->path()));
  BOOST_TEST(plain.hears("MSRP bind 481"));
  OldPeer secure(world, there.engine.port(), TLS1_3_VERSION);
  BOOST_TEST(secure.shakes_hands());
  secure.say(Stranger::request(carol.path(), "SEND", alice->path()));
  BOOST_TEST(secure.hears("MSRP bind 481"));
  BOOST_TEST(bob->told + carol.told == "");
}

BOOST_FIXTURE_TEST_CASE(who_answers_tls_with_garbage_fails_the_chat, Secure) {
  const base::Descriptor listening = msrp::listen_on(0);
  bobs.path[0].port = msrp::local_port_of(listening);
  alice->stream->start(true, bobs);
  base::Descriptor accepted;
  BOOST_TEST(world.until([&] { return static_cast<bool>(accepted = msrp::accept_from(listening)); }));
  Stranger peer(world, std::move(accepted));
  peer.say("MSRP is what I speak\r\n\r\n");
  BOOST_TEST(alice->hears("ChatFailed 0 TLS failed: it does not speak TLS\n"));
}

// T-73.
BOOST_FIXTURE_TEST_CASE(a_handshake_that_stalls_ends_after_30_s, Secure) {
  const base::Descriptor listening = msrp::listen_on(0);
  bobs.path[0].port = msrp::local_port_of(listening);
  alice->stream->start(true, bobs);
  Stranger half(world, there.engine.port());
  half.say(std::string("\x16\x03\x01\x02", 4));
  BOOST_TEST(world.until([&] { return there.engine.guests() == 1; }));
  world.settle();
  world.clock.advance(29s);
  BOOST_TEST(!half.closed());
  BOOST_TEST(alice->told == "");
  world.clock.advance(1s);
  BOOST_TEST(half.sees_end());
  BOOST_TEST(alice->hears("ChatFailed 408 no connection to the peer within 30 s\n"));
}

BOOST_FIXTURE_TEST_CASE(a_new_certificate_counts_for_the_chats_to_come, Secure) {
  start();
  BOOST_TEST(alice->hears("DidBind\n"));
  there.identity = Site::some_identity("new.test");
  there.engine.reload_identity();
  alice->say("still here");
  BOOST_TEST(bob->hears("GotMessage still here\n"));
  Party carol(there, true), dave(here, true);
  BOOST_TEST(carol.stream->local()->fingerprint != bobs.fingerprints[0]);
  carol.stream->start(false, dave.as_remote());
  dave.stream->start(true, carol.as_remote());
  BOOST_TEST(dave.hears("DidBind\n"));
}

BOOST_AUTO_TEST_CASE(without_a_certificate_there_is_no_secure_chat) {
  World world;
  Site site(world);
  base::Error fault(base::Errc::file_failure, "tls.certificate_file \"x\": No such file or directory");
  msrp::Engine engine(
      {world.clock, Site::usual_settings, {}, {}, {}, base::Random{}, [&]() -> base::Identity { throw fault; }});
  BOOST_CHECK_EXCEPTION((Party{world, engine, true}), base::Error,
                        [](const base::Error& error) { return error.code() == base::Errc::chat_failure; });
  BOOST_TEST(engine.port() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
