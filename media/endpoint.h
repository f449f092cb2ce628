// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace media {

// An address and a port of UDP. IPv4 is kept as IPv4-mapped IPv6, so that both compare alike.
struct Endpoint {
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port = 0;
  std::uint32_t scope = 0;  // of a link-local IPv6 address

  bool operator==(const Endpoint&) const = default;

  bool same_host(const Endpoint& other) const { return address == other.address; }
  bool is_ipv4() const;
  // 0.0.0.0, [::] and port 0 can not be sent to.
  bool is_specific() const;
  std::string address_text() const;

  // Nothing if the text is not a numeric address; it may name a scope: fe80::1%eth0.
  static std::optional<Endpoint> from_text(const std::string& address, std::uint16_t port);
  static Endpoint from_socket(const sockaddr_storage& socket);
  // The size of what was written; the family is that of the socket it is for.
  socklen_t to_socket(sa_family_t family, sockaddr_storage& socket) const;
};

}  // namespace media
