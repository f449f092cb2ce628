// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/stack.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/support/private_bus.h"
#include "tests/support/sipp.h"

using namespace std::chrono_literals;

namespace {

struct Phone : sip::InviteListener {
  explicit Phone(base::Loop& the_loop) : loop(the_loop) {}
  void on_invite(std::unique_ptr<sip::Leg> the_leg, const sip::Invite&) override {
    leg = std::move(the_leg);
    leg->ring("alice", nullptr);
    loop.quit(1);
  }
  base::Loop& loop;
  std::unique_ptr<sip::Leg> leg;
};

sip::StackSettings settings(bool udp, bool tcp) {
  return {.address = "127.0.0.1", .udp = udp, .tcp = tcp, .user_agent = "test"};
}

// Runs the loop until somebody quits it, for the limit at most.
int run(base::Loop& loop, base::Duration limit = 5s) {
  base::Timer timer(loop);
  timer.start(limit, [&] { loop.quit(0); });
  return loop.run();
}

int connected(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  BOOST_REQUIRE(connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  return descriptor;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stack)

BOOST_AUTO_TEST_CASE(a_leg_may_outlive_the_stack) {
  base::Loop loop;
  Phone phone(loop);
  auto stack = std::make_unique<sip::Stack>(loop, settings(true, false), phone);
  const auto leg = stack->create_leg();
  { const auto dropped = stack->create_leg(); }
  stack->shut_down(1s, [&] {
    stack.reset();
    leg->cancel();
    leg->bye();
    leg->answer("v=0\r\n");
    BOOST_TEST(leg->call_id() == "");
    BOOST_TEST(!leg->creator_of_call_id());
    loop.post([&] { loop.quit(1); });
  });
  BOOST_TEST(run(loop) == 1);
}

BOOST_AUTO_TEST_CASE(a_call_comes_where_only_tcp_is_listened_on) {
  base::Loop loop;
  Phone phone(loop);
  sip::Stack stack(loop, settings(false, true), phone);
  const int peer = connected(stack.listening().front().port);
  const std::string invite =
      "INVITE sip:alice@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKx1\r\nMax-Forwards: 70\r\n"
      "From: <sip:bob@127.0.0.1>;tag=1\r\nTo: <sip:alice@127.0.0.1>\r\nCall-ID: a@b\r\nCSeq: 1 INVITE\r\n"
      "Contact: <sip:bob@127.0.0.1:9>\r\nContent-Length: 0\r\n\r\n";
  BOOST_TEST(send(peer, invite.data(), invite.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(invite.size()));
  BOOST_TEST(run(loop) == 1);
  BOOST_TEST(static_cast<bool>(phone.leg));
  close(peer);
  phone.leg.reset();
  stack.shut_down(1s, [&] { loop.quit(1); });
  run(loop);
}

BOOST_AUTO_TEST_CASE(a_contact_is_where_we_listen) {
  base::Loop loop;
  Phone phone(loop);
  sip::Stack stack(loop, settings(true, false), phone);
  const std::string port = std::to_string(stack.listening().front().port);
  BOOST_TEST(stack.contact_uri("alice", "127.0.0.1", "udp") == "sip:alice@127.0.0.1:" + port);
  BOOST_TEST(stack.listens_on("udp"));
  BOOST_TEST(!stack.listens_on("tcp"));
  BOOST_CHECK_THROW(stack.contact_uri("alice", "127.0.0.1", "tcp"), std::exception);
  BOOST_TEST(stack.local_address("192.0.2.1") == "127.0.0.1");
  stack.shut_down(1s, [&] { loop.quit(1); });
  BOOST_TEST(run(loop) == 1);
}

BOOST_AUTO_TEST_CASE(an_address_has_one_server_name_in_an_agent) {
  base::Loop loop;
  Phone phone(loop);
  sip::StackSettings with_tls = settings(true, false);
  const std::string text = base::make_certificate("a.test");
  with_tls.tls = {1s, true, {text, text, {}}};
  sip::Stack stack(loop, with_tls, phone);
  BOOST_TEST(stack.listens_on("tls"));
  sip::Agent* first = stack.agent_for({"192.0.2.1", 5061, "tls", "a.test"});
  BOOST_REQUIRE(first);
  BOOST_TEST(stack.agent_for({"192.0.2.1", 5061, "tls", "A.test"}) == first);
  BOOST_TEST(stack.agent_for({"192.0.2.2", 5061, "tls", "b.test"}) == first);
  sip::Agent* second = stack.agent_for({"192.0.2.1", 5061, "tls", "b.test"});
  BOOST_REQUIRE(second);
  BOOST_TEST(second != first);
  BOOST_TEST(stack.agent_for({"192.0.2.1", 5061, "tls", "b.test"}) == second);
  BOOST_TEST(!stack.agent_for({"192.0.2.1", 5060, "tcp", {}}));
  BOOST_TEST(sip::Agent::hop_of({"2001:db8::1", 5061, "tls", "b.test"}) ==
             "sip:b.test:5061;maddr=[2001:db8::1];transport=tls");
  // What one says of itself leads to itself.
  BOOST_TEST(first->contact_uri("x", "127.0.0.1", "tls", true).starts_with("sips:x@127.0.0.1:"));
  BOOST_TEST(first->contact_uri("x", "127.0.0.1", "tls", false) != second->contact_uri("x", "127.0.0.1", "tls", false));
  stack.shut_down(1s, [&] { loop.quit(1); });
  BOOST_TEST(run(loop) == 1);
  BOOST_TEST(stack.quiet());
}

BOOST_AUTO_TEST_CASE(half_a_message_over_tls_is_not_waited_for_and_holds_up_nobody) {
  base::Loop loop;
  Phone phone(loop);
  sip::StackSettings with_tls = settings(true, false);
  const std::string text = base::make_certificate("a.test");
  with_tls.tls = {3s, true, {text, text, {}}, 1s};
  sip::Stack stack(loop, with_tls, phone);
  const auto listening = stack.listening();
  const auto tls =
      std::find_if(listening.begin(), listening.end(), [](const auto& one) { return one.transport == "tls"; });
  const std::vector<std::string> knock{
      "python3", "-W", "ignore", test::data_file("tls/knock.py"), std::to_string(tls->port), "1"};
  auto and_stop = knock;
  and_stop.emplace_back("--half");
  test::Process stopped(and_stop);
  test::Process served(knock);
  base::Timer look(loop);
  const std::function<void()> look_again = [&] {
    if (served.wait(0ms) && stopped.wait(0ms)) return loop.quit(1);
    look.start(20ms, look_again);
  };
  look_again();
  BOOST_TEST(run(loop, 30s) == 1);
  BOOST_TEST(served.wait(0ms).value_or(-1) == 0);
  BOOST_TEST(stopped.wait(0ms).value_or(-1) == 0);
  stack.shut_down(1s, [&] { loop.quit(1); });
  BOOST_TEST(run(loop) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
