// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace msrp {
namespace {

constexpr int backlog = 1024;
// More than this in the kernel, and the socket counts as full: what is written next overtakes nothing there.
constexpr int most_not_sent = 16384;  // bytes

struct Address {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* any() { return reinterpret_cast<sockaddr*>(&storage); }
  sockaddr_in& v4() { return reinterpret_cast<sockaddr_in&>(storage); }
  sockaddr_in6& v6() { return reinterpret_cast<sockaddr_in6&>(storage); }
};

Address address_of(const Place& place) {
  Address address;
  if (inet_pton(AF_INET, place.address.c_str(), &address.v4().sin_addr) == 1) {
    address.v4().sin_family = AF_INET;
    address.v4().sin_port = htons(place.port);
    address.size = sizeof(sockaddr_in);
  } else if (inet_pton(AF_INET6, place.address.c_str(), &address.v6().sin6_addr) == 1) {
    address.v6().sin6_family = AF_INET6;
    address.v6().sin6_port = htons(place.port);
    address.size = sizeof(sockaddr_in6);
  }
  return address;
}

void set(const base::Descriptor& socket, int level, int option, int value) {
  setsockopt(socket.number(), level, option, &value, sizeof(value));
}

base::Descriptor make_socket(int family) {
  return base::Descriptor(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
}

void prepare(const base::Descriptor& socket) {
  set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, most_not_sent);
}

base::Descriptor none(int error) {
  errno = error;
  return base::Descriptor();
}

base::Descriptor listen_at(const Place& place) {
  Address address = address_of(place);
  base::Descriptor socket = make_socket(address.storage.ss_family);
  if (!socket) return socket;
  set(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  if (address.storage.ss_family == AF_INET6) set(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (bind(socket.number(), address.any(), address.size) != 0) return none(errno);
  if (listen(socket.number(), backlog) != 0) return none(errno);
  return socket;
}

}  // namespace

base::Descriptor connect_to(const Place& place) {
  Address address = address_of(place);
  base::Descriptor socket = make_socket(address.storage.ss_family);
  if (!socket) return socket;
  prepare(socket);
  if (connect(socket.number(), address.any(), address.size) != 0 && errno != EINPROGRESS) return none(errno);
  return socket;
}

base::Descriptor listen_on(std::uint16_t port, const std::string& address) {
  if (!address.empty()) return listen_at({address, port});
  base::Descriptor both = listen_at({"::", port});
  // A kernel without IPv6.
  if (!both && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) return listen_at({"0.0.0.0", port});
  return both;
}

bool somebody_waits(const base::Descriptor& listening) {
  pollfd one{listening.number(), POLLIN, 0};
  return poll(&one, 1, 0) == 1;
}

base::Descriptor accept_from(const base::Descriptor& listening) {
  base::Descriptor socket(accept4(listening.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket) prepare(socket);
  return socket;
}

int error_of(const base::Descriptor& socket) {
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

std::uint16_t local_port_of(const base::Descriptor& socket) {
  Address address;
  if (getsockname(socket.number(), address.any(), &address.size) != 0) return 0;
  return ntohs(address.storage.ss_family == AF_INET ? address.v4().sin_port : address.v6().sin6_port);
}

}  // namespace msrp
