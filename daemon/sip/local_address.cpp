// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/local_address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "base/handle.h"
#include "daemon/sip/uri.h"

namespace sip {
namespace {

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

class Socket {
 public:
  Socket(int family, int type) : descriptor_(socket(family, type | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// An address that inet_pton takes; the empty one is the wildcard of IPv4.
SocketAddress socket_address(const std::string& address, std::uint16_t port) {
  SocketAddress result{};
  if (is_ipv6(address)) {
    result.v6.sin6_family = AF_INET6;
    result.v6.sin6_port = htons(port);
    inet_pton(AF_INET6, address.c_str(), &result.v6.sin6_addr);
  } else {
    result.v4.sin_family = AF_INET;
    result.v4.sin_port = htons(port);
    if (!address.empty()) inet_pton(AF_INET, address.c_str(), &result.v4.sin_addr);
  }
  return result;
}

std::string text_of(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->sa_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text.data(), text.size());
  if (address->sa_family == AF_INET6)
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text.data(), text.size());
  return text.data();
}

std::string first_address() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return "127.0.0.1";
  const base::Handle<ifaddrs, freeifaddrs> owner(list);
  for (const int family : {AF_INET, AF_INET6})
    for (const ifaddrs* entry = list; entry; entry = entry->ifa_next) {
      const bool usable = (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_LOOPBACK) == 0;
      if (!usable || !entry->ifa_addr || entry->ifa_addr->sa_family != family) continue;
      const std::string text = text_of(entry->ifa_addr);
      if (!text.starts_with("fe80:")) return text;
    }
  return "127.0.0.1";
}

// Empty when the peer is no address, or no route leads there.
std::string source_towards(const std::string& peer) {
  if (!is_address(peer)) return {};
  const SocketAddress remote = socket_address(peer, 5060);
  const Socket probe(remote.any.sa_family, SOCK_DGRAM);
  SocketAddress local{};
  socklen_t size = sizeof(local);
  // Connecting a datagram socket sends nothing; it asks the kernel for its route.
  if (connect(probe.descriptor(), &remote.any, sizeof(remote)) != 0 ||
      getsockname(probe.descriptor(), &local.any, &size) != 0)
    return {};
  return text_of(&local.any);
}

}  // namespace

std::string local_address_towards(const std::string& peer) {
  const std::string address = source_towards(peer);
  return address.empty() ? first_address() : address;
}

bool has_route_to(const std::string& address) { return !source_towards(address).empty(); }

std::optional<std::uint16_t> free_port(PortKind kind, const std::string& address, std::uint16_t port) {
  const SocketAddress wanted = socket_address(address, port);
  const Socket probe(wanted.any.sa_family, kind == PortKind::udp ? SOCK_DGRAM : SOCK_STREAM);
  const int on = 1;
  if (kind == PortKind::tcp) setsockopt(probe.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  SocketAddress bound{};
  socklen_t size = sizeof(bound);
  if (bind(probe.descriptor(), &wanted.any, sizeof(wanted)) != 0) return {};
  if (kind == PortKind::tcp && listen(probe.descriptor(), 1) != 0) return {};
  if (getsockname(probe.descriptor(), &bound.any, &size) != 0) return {};
  return ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
}

}  // namespace sip
