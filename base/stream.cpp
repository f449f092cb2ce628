// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/stream.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <filesystem>

#include "base/text.h"

namespace base {
namespace {

constexpr std::uint32_t a_while = 200;  // ms

tcp_info information_of(int socket) {
  tcp_info information{};
  socklen_t size = sizeof(information);
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &information, &size) != 0) return {};
  return information;
}

bool is_stream(int socket) {
  int type = 0;
  socklen_t size = sizeof(type);
  return getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

}  // namespace

Peer peer_of_socket(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  if (getpeername(socket, address, &size) != 0) return {};
  char text[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
    return {text, ntohs(v4->sin_port)};
  }
  if (address->sa_family != AF_INET6) return {};
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
  if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
    inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, sizeof(text));
  else
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
  return {text, ntohs(v6->sin6_port)};
}

bool is_address(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 || inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

Stream Stream::of(int socket) { return socket < 0 ? Stream() : Stream(Descriptor(fcntl(socket, F_DUPFD_CLOEXEC, 0))); }

Stream Stream::find(const Peer& peer) {
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", fault)) {
    const auto number = to_number<int>(entry.path().filename().string());
    if (number && peer_of_socket(*number) == peer && is_stream(*number)) return of(*number);
  }
  return {};
}

std::uint64_t Stream::received() const { return information_of(descriptor_.number()).tcpi_bytes_received; }

bool Stream::is_stuck() const {
  int waiting = 0;
  return ioctl(descriptor_.number(), SIOCOUTQ, &waiting) == 0 && waiting != 0;
}

bool Stream::is_clear() const {
  return !is_stuck() && information_of(descriptor_.number()).tcpi_last_data_sent >= a_while;
}

bool Stream::write(std::string_view bytes) const {
  const auto count = send(descriptor_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return count == static_cast<ssize_t>(bytes.size());
}

void Stream::shut() const { shutdown(descriptor_.number(), SHUT_RDWR); }

}  // namespace base
