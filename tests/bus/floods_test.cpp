// SPDX-License-Identifier: LGPL-2.1-or-later
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "base/descriptor.h"
#include "tests/bus/stories.h"
#include "tests/support/process_figures.h"

using namespace std::chrono_literals;
using test::PeerCall;
using test::SipPeer;
using test::Station;

// More connections than the daemon can have, and slower ones.
BOOST_AUTO_TEST_SUITE(floods)

namespace {

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(host);
  return address;
}

const std::string options =
    "OPTIONS sip:daemon SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKguest\r\nMax-Forwards: 70\r\n"
    "To: <sip:daemon>\r\nFrom: <sip:guest@127.0.0.1>;tag=1\r\nCall-ID: guest\r\nCSeq: 1 OPTIONS\r\n"
    "Content-Length: 0\r\n\r\n";

// A connection, from 127.0.0.HOST, that is perhaps never taken.
class Guest {
 public:
  Guest(std::uint16_t port, std::uint8_t host) {
    const auto ours = loopback(INADDR_LOOPBACK - 1 + host, 0);
    const auto theirs = loopback(INADDR_LOOPBACK, port);
    ::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&ours), sizeof(ours));
    ::connect(socket_.number(), reinterpret_cast<const sockaddr*>(&theirs), sizeof(theirs));
  }

  bool send(std::string_view text) const {
    wait_for(POLLOUT);
    return ::send(socket_.number(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  // What came first; empty: the connection is closed; "nothing".
  std::string receive() const {
    std::array<char, 4096> bytes{};
    wait_for(POLLIN);
    const auto size = ::recv(socket_.number(), bytes.data(), bytes.size(), 0);
    return size < 0 ? "nothing" : std::string(bytes.data(), static_cast<std::size_t>(size));
  }
  bool served() const { return send(options) && receive().starts_with("SIP/2.0 200"); }

 private:
  void wait_for(short events) const {
    pollfd poll{socket_.number(), events, 0};
    ::poll(&poll, 1, static_cast<int>(test::patience.count()));
  }

  base::Descriptor socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
};

}  // namespace

BOOST_AUTO_TEST_CASE(two_hundred_connections_of_64_descriptors_cost_no_time_and_no_service) {
  Station bob;
  const pid_t daemon = bob.daemon.process().number();
  constexpr rlimit few{64, 64};
  BOOST_REQUIRE_EQUAL(::prlimit(daemon, RLIMIT_NOFILE, &few, nullptr), 0);
  const Guest friendly(bob.port("tcp"), 2);
  BOOST_REQUIRE(friendly.served());
  std::vector<Guest> crowd;
  for (int i = 0; i < 200; ++i) crowd.emplace_back(bob.port("tcp"), 1);
  SipPeer peer;
  PeerCall call(peer, bob.uri(), bob.port());
  // It answers all the time, and soon has nothing more to do.
  bob.until(
      [&] {
        const test::Milliseconds before = test::cpu_of(daemon);
        call.send("OPTIONS");
        peer.expect(200);
        return peer.silent(500ms) && test::cpu_of(daemon) - before < 50ms;
      },
      "it rests");
  BOOST_CHECK(friendly.served());
  crowd.clear();
  BOOST_CHECK(Guest(bob.port("tcp"), 1).served());
}

BOOST_AUTO_TEST_CASE(half_a_message_by_tcp_is_not_waited_for_and_holds_up_nobody) {
  Station bob;
  const Guest slow(bob.port("tcp"), 1);
  slow.send(options.substr(0, 100));
  const auto start = std::chrono::steady_clock::now();
  BOOST_CHECK(Guest(bob.port("tcp"), 1).served());
  BOOST_CHECK(std::chrono::steady_clock::now() - start < 9s);
  BOOST_CHECK(slow.receive().starts_with("SIP/2.0 400"));
  BOOST_CHECK_EQUAL(slow.receive(), "");
}

BOOST_AUTO_TEST_SUITE_END()
