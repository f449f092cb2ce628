// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

namespace sip {

// The next hop of a request.
struct Route {
  std::string host;  // an address; a name only as a client gave it, before it was looked up
  std::uint16_t port = 0;
  std::string transport;      // udp, tcp or tls
  std::string tls_name = {};  // whom the certificate must name (RFC 5922, 4); empty: the host itself

  bool operator==(const Route&) const = default;
};

}  // namespace sip
