// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/endpoint.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace media {
namespace {

constexpr std::array<std::uint8_t, 12> ipv4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::array<std::uint8_t, 16> mapped(const in_addr& address) {
  std::array<std::uint8_t, 16> result{};
  std::copy(ipv4_prefix.begin(), ipv4_prefix.end(), result.begin());
  std::memcpy(result.data() + 12, &address, 4);
  return result;
}

}  // namespace

bool Endpoint::is_ipv4() const { return std::equal(ipv4_prefix.begin(), ipv4_prefix.end(), address.begin()); }

bool Endpoint::is_specific() const {
  const auto begin = address.begin() + (is_ipv4() ? 12 : 0);
  return port != 0 && std::any_of(begin, address.end(), [](std::uint8_t byte) { return byte != 0; });
}

std::string Endpoint::address_text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool ipv4 = is_ipv4();
  inet_ntop(ipv4 ? AF_INET : AF_INET6, address.data() + (ipv4 ? 12 : 0), text.data(), text.size());
  return text.data();
}

std::optional<Endpoint> Endpoint::from_text(const std::string& address, std::uint16_t port) {
  Endpoint endpoint{.port = port};
  in_addr ipv4{};
  if (inet_pton(AF_INET, address.c_str(), &ipv4) == 1) {
    endpoint.address = mapped(ipv4);
    return endpoint;
  }
  const auto percent = address.find('%');
  if (percent != std::string::npos) {
    const std::string scope = address.substr(percent + 1);
    endpoint.scope = base::to_number<std::uint32_t>(scope).value_or(if_nametoindex(scope.c_str()));
    if (endpoint.scope == 0) return {};
  }
  if (inet_pton(AF_INET6, address.substr(0, percent).c_str(), endpoint.address.data()) != 1) return {};
  return endpoint;
}

Endpoint Endpoint::from_socket(const sockaddr_storage& socket) {
  Endpoint endpoint;
  if (socket.ss_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &socket, sizeof ipv4);
    endpoint.address = mapped(ipv4.sin_addr);
    endpoint.port = ntohs(ipv4.sin_port);
  } else if (socket.ss_family == AF_INET6) {
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, &socket, sizeof ipv6);
    std::memcpy(endpoint.address.data(), &ipv6.sin6_addr, 16);
    endpoint.port = ntohs(ipv6.sin6_port);
    endpoint.scope = ipv6.sin6_scope_id;
  }
  return endpoint;
}

socklen_t Endpoint::to_socket(sa_family_t family, sockaddr_storage& socket) const {
  if (family == AF_INET) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
    std::memcpy(&ipv4.sin_addr, address.data() + 12, 4);
    std::memcpy(&socket, &ipv4, sizeof ipv4);
    return sizeof ipv4;
  }
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = htons(port);
  ipv6.sin6_scope_id = scope;
  std::memcpy(&ipv6.sin6_addr, address.data(), 16);
  std::memcpy(&socket, &ipv6, sizeof ipv6);
  return sizeof ipv6;
}

}  // namespace media
