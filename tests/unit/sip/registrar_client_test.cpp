// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>

#include <boost/test/unit_test.hpp>

#include "daemon/sip/stack.h"
#include "tests/support/sip_message.h"

using namespace std::chrono_literals;
using test::SipMessage;

namespace {

// A registrar on the loop: it gives each request the next answer of the test.
struct Server {
  explicit Server(base::Loop& the_loop) : loop(the_loop), descriptor(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    BOOST_REQUIRE(bind(descriptor, reinterpret_cast<sockaddr*>(&address), length) == 0);
    BOOST_REQUIRE(getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port = ntohs(address.sin_port);
    source = g_unix_fd_add(
        descriptor, G_IO_IN,
        [](int, GIOCondition, void* server) -> gboolean {
          static_cast<Server*>(server)->receive();
          return G_SOURCE_CONTINUE;
        },
        this);
  }
  ~Server() {
    g_source_remove(source);
    close(descriptor);
  }

  void receive() {
    std::array<char, 65536> bytes{};
    sockaddr_in from{};
    socklen_t length = sizeof(from);
    const auto count = recvfrom(descriptor, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    const SipMessage request{std::string(bytes.data(), static_cast<std::size_t>(count))};
    if (!request.is_request() || request.method() != "REGISTER") return;
    requests.push_back(request);
    if (answers.empty()) return loop.quit(2);
    const std::string answer = answers.front();
    answers.erase(answers.begin());
    if (answer.empty()) return;
    const std::string text = "SIP/2.0 " + answer.substr(0, answer.find('\n')) + "\r\n" + request.headers("Via") +
                             request.headers("From") + "To: " + request.header("To") + ";tag=server\r\n" +
                             request.headers("Call-ID") + request.headers("CSeq") +
                             answer.substr(answer.find('\n') + 1) + "Content-Length: 0\r\n\r\n";
    sendto(descriptor, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&from), length);
  }

  base::Loop& loop;
  int descriptor;
  guint source = 0;
  std::uint16_t port = 0;
  std::vector<std::string> answers;  // "401 Unauthorized\nheader lines"; empty: none
  std::vector<SipMessage> requests;
};

std::string challenged(const std::string& parameters) {
  return "401 Unauthorized\nWWW-Authenticate: Digest realm=\"example.com\", qop=\"auth\", " + parameters + "\r\n";
}

struct Client : sip::InviteListener, sip::RegistrarListener {
  void on_invite(std::unique_ptr<sip::Leg>, const sip::Invite&) override {}
  void on_register_answer(const sip::RegisterAnswer& the_answer) override {
    answer = the_answer;
    loop.quit(1);
  }

  Client() {
    credentials->username = "alice";
    credentials->password = "secret";
    credentials->servers = {sip::endpoint("127.0.0.1", server.port)};
  }
  ~Client() {
    registrar.reset();
    stack.shut_down(1s, [&] { loop.quit(3); });
    run();
  }
  int run() {
    base::Timer timer(loop);
    timer.start(5s, [&] { loop.quit(0); });
    return loop.run();
  }
  int send() {
    registrar->send({"sip:example.com",
                     "sip:alice@example.com",
                     "sip:abc@127.0.0.1:5070",
                     {},
                     600,
                     {"127.0.0.1", server.port, "udp"}});
    return run();
  }
  std::string authorization(std::size_t number) { return server.requests.at(number).header("Authorization"); }
  bool signed_with(std::size_t number, const std::string& part) {
    return authorization(number).find(part) != std::string::npos;
  }

  base::Loop loop;
  Server server{loop};
  sip::Stack stack{loop, {.address = "127.0.0.1", .tcp = false, .user_agent = "test"}, *this};
  std::shared_ptr<sip::Credentials> credentials = std::make_shared<sip::Credentials>();
  std::unique_ptr<sip::Registrar> registrar = stack.create_registrar(credentials, *this);
  sip::RegisterAnswer answer;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registrar_client, Client)

BOOST_AUTO_TEST_CASE(a_register_is_sent_and_its_answer_told) {
  server.answers = {"200 Fine\nContact: <sip:abc@127.0.0.1:5070>;expires=300, <sip:x@192.0.2.7>\r\nExpires: 200\r\n"};
  BOOST_TEST(send() == 1);
  const SipMessage& request = server.requests.at(0);
  BOOST_TEST(request.request_uri() == "sip:example.com");
  BOOST_TEST(request.header("To") == "<sip:alice@example.com>");
  BOOST_TEST(request.header("Expires") == "600");
  BOOST_TEST(request.header("Route") == "<sip:127.0.0.1:" + std::to_string(server.port) + ";lr>");
  BOOST_TEST(request.header("Contact") == "<sip:abc@127.0.0.1:5070>");
  BOOST_TEST(answer.code == 200u);
  BOOST_TEST(answer.reason == "Fine");
  BOOST_TEST(answer.contacts.size() == 2u);
  BOOST_TEST(answer.contacts.at(0).uri == "sip:abc@127.0.0.1:5070");
  BOOST_TEST(answer.contacts.at(0).expires.value() == 300u);
  BOOST_TEST(!answer.contacts.at(1).expires.has_value());
  BOOST_TEST(answer.expires.value() == 200u);
}

BOOST_AUTO_TEST_CASE(a_challenge_is_answered_and_the_next_request_signed_at_once) {
  const std::string ok = "200 OK\nContact: <sip:abc@127.0.0.1:5070>\r\n";
  server.answers = {challenged("nonce=\"n\", algorithm=SHA-256"), ok, ok};
  BOOST_TEST(send() == 1);
  BOOST_TEST(send() == 1);
  BOOST_TEST(answer.realm == "example.com");
  BOOST_TEST(server.requests.size() == 3u);
  BOOST_TEST(authorization(0) == "");
  BOOST_TEST(signed_with(1, "nc=00000001"));
  BOOST_TEST(signed_with(1, "algorithm=SHA-256"));
  BOOST_TEST(signed_with(2, "nc=00000002"));
  for (std::size_t i = 1; i < 3; ++i) {
    BOOST_TEST(server.requests[i].header("Call-ID") == server.requests[0].header("Call-ID"));
    BOOST_TEST(server.requests[i].tag("From") == server.requests[0].tag("From"));
    BOOST_TEST(server.requests[i].sequence() > server.requests[i - 1].sequence());
  }
}

BOOST_AUTO_TEST_CASE(the_strongest_of_several_challenges_is_answered) {
  std::string all = "401 Unauthorized\n";
  for (const char* algorithm : {"SHA1", "MD5", "SHA-512-256", "SHA-256"})
    all +=
        std::string("WWW-Authenticate: Digest realm=\"r\", qop=\"auth\", nonce=\"n\", algorithm=") + algorithm + "\r\n";
  server.answers = {all + "WWW-Authenticate: Basic realm=\"r\"\r\n", "200 OK\n"};
  BOOST_TEST(send() == 1);
  BOOST_TEST(server.requests.size() == 2u);
  BOOST_TEST(signed_with(1, "algorithm=SHA-512-256"));
  BOOST_TEST(server.requests[1].headers("Authorization").find("Basic") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_sent_once_and_a_stale_nonce_replaced_once) {
  server.answers = {challenged("nonce=\"1\""), challenged("nonce=\"2\"")};
  BOOST_TEST(send() == 1);
  BOOST_TEST(answer.code == 401u);
  BOOST_TEST(server.requests.size() == 2u);
  server.requests.clear();
  server.answers = {challenged("nonce=\"1\""), challenged("nonce=\"2\", stale=true"),
                    challenged("nonce=\"3\", stale=true")};
  BOOST_TEST(send() == 1);
  BOOST_TEST(answer.code == 401u);
  BOOST_TEST(server.requests.size() == 3u);
  BOOST_TEST(signed_with(2, "nonce=\"2\""));
  BOOST_TEST(signed_with(2, "nc=00000001"));
}

BOOST_AUTO_TEST_CASE(what_cannot_or_must_not_be_answered_is_not) {
  for (const char* header :
       {"Basic realm=\"example.com\"", "Digest realm=\"example.com\", nonce=\"n\", qop=\"auth-int\"",
        "Digest realm=\"example.com\", nonce=\"n\", algorithm=SHA1", "Unheard-of realm=\"example.com\""}) {
    server.requests.clear();
    server.answers = {std::string("401 Unauthorized\nWWW-Authenticate: ") + header + "\r\n"};
    BOOST_TEST(send() == 1);
    BOOST_TEST(answer.code == 401u);
    BOOST_TEST(server.requests.size() == 1u);
  }
  credentials->servers = {sip::endpoint("127.0.0.1", 9)};
  server.answers = {challenged("nonce=\"n\"")};
  BOOST_TEST(send() == 1);
  BOOST_TEST(answer.code == 401u);
  credentials->servers = {sip::endpoint("127.0.0.1", server.port)};
  credentials->password.clear();
  server.answers = {challenged("nonce=\"n\"")};
  BOOST_TEST(send() == 1);
  BOOST_TEST(answer.code == 401u);
}

BOOST_AUTO_TEST_CASE(a_proxy_and_a_registrar_are_both_answered) {
  server.answers = {"407 Proxy\nProxy-Authenticate: Digest realm=\"p\", nonce=\"n\"\r\n", challenged("nonce=\"n\""),
                    "200 OK\n"};
  BOOST_TEST(send() == 1);
  BOOST_TEST(answer.code == 200u);
  BOOST_TEST(signed_with(2, "realm=\"example.com\""));
  BOOST_TEST(server.requests.at(2).header("Proxy-Authorization").find("realm=\"p\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_least_interval_of_a_423_is_asked_for_and_told) {
  server.answers = {"423 Interval Too Brief\nMin-Expires: 1800\r\n", "200 OK\n"};
  BOOST_TEST(send() == 1);
  BOOST_TEST(server.requests.at(1).header("Expires") == "1800");
  BOOST_TEST(answer.min_expires == 1800u);
  server.requests.clear();
  for (int i = 0; i < 10; ++i)
    server.answers.push_back("423 Interval Too Brief\nMin-Expires: " + std::to_string(2000 + i) + "\r\n");
  BOOST_TEST(send() == 1);
  BOOST_TEST(answer.code == 423u);
  BOOST_TEST(server.requests.size() <= 4u);
}

BOOST_AUTO_TEST_CASE(a_request_that_is_given_up_tells_nothing_when_its_answer_comes) {
  server.answers = {"", "200 Second\n"};
  registrar->send(
      {"sip:example.com", "sip:alice@example.com", "sip:a@127.0.0.1", {}, {}, {"127.0.0.1", server.port, "udp"}});
  base::Timer later(loop);
  later.start(100ms, [&] { loop.quit(7); });
  BOOST_TEST(loop.run() == 7);
  BOOST_TEST(send() == 1);
  BOOST_TEST(answer.reason == "Second");
  BOOST_TEST(server.requests[0].header("Expires") == "");
  BOOST_TEST(server.requests[1].sequence() > server.requests[0].sequence());
}

BOOST_AUTO_TEST_CASE(where_nobody_listens_no_response_comes) {
  registrar->send({"sip:example.com", "sip:alice@example.com", "sip:a@127.0.0.1", {}, 600, {"127.0.0.1", 1, "udp"}});
  BOOST_TEST(run() == 1);
  BOOST_TEST(answer.code == 0u);
  BOOST_TEST(answer.reason != "");
}

BOOST_AUTO_TEST_SUITE_END()
