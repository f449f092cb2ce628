// SPDX-License-Identifier: LGPL-2.1-or-later
#include <memory>

#include "tests/unit/msrp/network.h"

using namespace network;

namespace {

// A relay of which the test plays what it says.
struct Relayed {
  World world;
  Site site{world};
  base::Descriptor listening = msrp::listen_on(0);
  std::uint16_t port = msrp::local_port_of(listening);
  msrp::RelayAccess access{"127.0.0.1", port, false, "example.test", "alice", "secret"};
  std::unique_ptr<Party> alice;
  std::unique_ptr<Stranger> relay;
  std::size_t asked = 0;  // bytes of what was heard that are done with

  void begin(std::optional<bool> secure = {}) {
    asked = 0;
    alice = std::make_unique<Party>(world, site.engine, secure, access);
    BOOST_TEST(!alice->stream->local());
  }
  void meet() {
    base::Descriptor accepted;
    BOOST_TEST(world.until([&] { return static_cast<bool>(accepted = msrp::accept_from(listening)); }));
    relay = std::make_unique<Stranger>(world, std::move(accepted));
  }
  // The next request of that method, whole.
  std::string next(const std::string& method) {
    std::string found;
    BOOST_TEST(world.until([&] {
      relay->read();
      const std::string& heard = relay->heard();
      const auto begin = heard.find(method + "\r\n", asked);
      const auto end = begin == heard.npos ? begin : heard.find("$\r\n", begin);
      if (end == heard.npos) return false;
      const auto line = heard.rfind("MSRP ", begin);
      found = heard.substr(line, end + 3 - line);
      asked = end + 3;
      return true;
    }),
               "no " + method);
    return found;
  }
  void answer(const std::string& request, const std::string& code, const std::string& headers = "") {
    const std::string id = request.substr(5, request.find(' ', 5) - 5);
    relay->say("MSRP " + id + " " + code + "\r\nTo-Path: " + line_of(request, "From-Path: ") +
               "\r\nFrom-Path: " + line_of(request, "To-Path: ") + "\r\n" + headers + "-------" + id + "$\r\n");
  }
  static std::string line_of(const std::string& request, const std::string& header) {
    const auto begin = request.find(header) + header.size();
    return request.substr(begin, request.find("\r\n", begin) - begin);
  }
  std::string use_path() const { return "msrp://127.0.0.1:" + std::to_string(port) + "/r;tcp"; }
  void grant(const std::string& request, const std::string& expires = "600") {
    answer(request, "200 OK", "Use-Path: " + use_path() + "\r\nExpires: " + expires + "\r\n");
  }
  void log_in() {
    begin();
    meet();
    const std::string first = next("AUTH");
    BOOST_TEST(line_of(first, "To-Path: ") == "msrp://example.test:" + std::to_string(port) + ";tcp");
    answer(first, "401 Unauthorized",
           "WWW-Authenticate: Digest realm=\"example.test\", qop=\"auth\", nonce=\"n1\", algorithm=SHA-256\r\n");
    const std::string second = next("AUTH");
    BOOST_TEST(second.find("Authorization: Digest username=\"alice\"") != std::string::npos);
    BOOST_TEST(second.find("secret") == std::string::npos);
    grant(second);
    BOOST_TEST(alice->hears("ChatPrepared\n"));
  }
  // What the peer sends, as the relay passes it on.
  std::string from_peer(const std::string& headers, const std::string& body) {
    return "MSRP abcd SEND\r\nTo-Path: " + msrp::to_text(msrp::Path{alice->stream->local()->path.back()}) +
           "\r\nFrom-Path: " + use_path() + " " + Stranger::own_path + "\r\nMessage-ID: m\r\n" + headers + body +
           "-------abcd$\r\n";
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(relay, Relayed)

BOOST_AUTO_TEST_CASE(behind_a_relay_we_are_reached_by_its_path) {
  log_in();
  const msrp::LocalChat local = *alice->stream->local();
  BOOST_TEST(local.path.size() == 2u);
  BOOST_TEST(msrp::to_text(msrp::Path{local.path[0]}) == use_path());
  BOOST_TEST(local.path[1].host == "127.0.0.1");
  BOOST_TEST(local.port == local.path[1].port);
  BOOST_TEST(local.fingerprint == "");
  BOOST_TEST(site.engine.port() == 0);  // and in no other way

  alice->stream->start(true, Stranger::as_remote());
  const std::string bind = next("SEND");
  BOOST_TEST(line_of(bind, "To-Path: ") == use_path() + " " + Stranger::own_path);
  answer(bind, "200 OK");
  BOOST_TEST(alice->hears("DidBind\n"));
  alice->say("hello");
  BOOST_TEST(next("SEND").find("hello") != std::string::npos);
  relay->say(from_peer("Byte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\n", "hi\r\n"));
  BOOST_TEST(alice->hears("GotMessage hi\n"));
}

BOOST_AUTO_TEST_CASE(who_waits_behind_a_relay_uses_the_same_connection) {
  log_in();
  // The peer is faster than its answer to us.
  relay->say(from_peer("Byte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\n", "hi\r\n"));
  world.settle();
  alice->stream->start(false, Stranger::as_remote());
  BOOST_TEST(alice->hears("DidBind\nGotMessage hi\n"));
  BOOST_TEST(relay->hears("MSRP abcd 200"));
}

BOOST_AUTO_TEST_CASE(the_login_is_renewed_before_and_during_the_chat) {
  log_in();
  world.clock.advance(450s);
  const std::string early = next("AUTH");
  alice->stream->start(false, Stranger::as_remote());
  grant(next("AUTH"));  // asked again, for the chat has the connection now
  grant(early);
  relay->say(from_peer("Byte-Range: 1-0/0\r\n", ""));
  BOOST_TEST(alice->hears("DidBind\n"));
  world.settle();
  world.clock.advance(450s);
  grant(next("AUTH"));
  world.settle();
  world.clock.advance(450s);
  answer(next("AUTH"), "403 Forbidden");
  BOOST_TEST(alice->hears("ChatFailed 403 the relay refuses: Forbidden\n"));
}

BOOST_AUTO_TEST_CASE(a_relay_that_refuses_fails_the_chat) {
  begin();
  meet();
  answer(next("AUTH"), "403 Forbidden");
  BOOST_TEST(alice->hears("ChatFailed 403 the relay refuses: Forbidden\n"));
  BOOST_TEST(relay->sees_end());
}

BOOST_AUTO_TEST_CASE(a_relay_that_is_silent_fails_the_chat_after_30_s) {
  begin();
  meet();
  next("AUTH");
  world.clock.advance(29s);
  BOOST_TEST(alice->told == "");
  world.clock.advance(1s);
  BOOST_TEST(alice->told.starts_with("ChatFailed 408 the relay does not answer"));
}

BOOST_AUTO_TEST_CASE(a_relay_that_is_not_there_fails_the_chat) {
  listening = base::Descriptor();
  begin();
  BOOST_TEST(
      alice->hears("ChatFailed 0 the relay cannot be reached: no connection to 127.0.0.1: Connection refused\n"));
}

BOOST_AUTO_TEST_CASE(a_relay_that_speaks_something_else_fails_the_chat) {
  begin();
  meet();
  relay->say("HTTP/1.1 400 Bad Request\r\n\r\n");
  BOOST_TEST(alice->hears("ChatFailed 0 the relay does not speak MSRP\n"));
}

BOOST_AUTO_TEST_CASE(a_relay_that_goes_fails_the_chat_before_and_after_it_began) {
  log_in();
  relay->leave();
  BOOST_TEST(alice->hears("ChatFailed 0 the relay is gone\n"));
  log_in();
  alice->stream->start(true, Stranger::as_remote());
  alice->say("never sent");
  next("SEND");
  relay->leave(true);
  BOOST_TEST(alice->hears("lost 0 the relay is gone"));
  BOOST_TEST(alice->hears("ChatFailed 0 the relay is gone"));
}

BOOST_AUTO_TEST_CASE(without_a_host_the_domain_is_asked_and_without_an_answer_there_is_no_relay) {
  access.host.clear();
  access.secure = true;
  begin();
  world.settle();
  world.clock.advance(1ms);
  BOOST_TEST(alice->told == "ChatPrepared\n");
  const msrp::LocalChat local = *alice->stream->local();
  BOOST_TEST(local.path.size() == 1u);
  BOOST_TEST(!local.secure);
  BOOST_TEST(local.port == site.engine.port());
}

BOOST_AUTO_TEST_CASE(a_relay_of_the_domain_must_prove_the_domain) {
  Site imposter(world);  // it speaks TLS, with a certificate that nobody vouches for
  Party there(imposter, true);
  access.host.clear();
  access.secure = true;
  site.names["_msrps._tcp.example.test"] = {{"127.0.0.1", imposter.engine.port()}};
  begin();
  world.settle();
  world.clock.advance(1ms);
  BOOST_TEST(alice->hears("ChatFailed 0 the relay is not believed: its certificate is self-signed\n"));
  // Now we believe it.
  site.identity.authorities = imposter.identity.certificates;
  site.engine.reload_identity();
  begin();
  world.settle();
  world.clock.advance(1ms);
  BOOST_TEST(alice->hears("ChatFailed 481 the relay refuses: "));  // it is no relay, but its name is right
}

BOOST_AUTO_TEST_CASE(a_session_that_ends_before_its_relay_answers_is_told_nothing) {
  begin();
  meet();
  const std::string request = next("AUTH");
  BOOST_TEST(alice->stream->end(0, "enough").empty());
  BOOST_TEST(relay->sees_end());
  BOOST_TEST(alice->told == "");
}

BOOST_AUTO_TEST_SUITE_END()
