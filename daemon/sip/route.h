// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sip {

// The next hop of a request.
struct Route {
  std::string host;  // an address; a name only as a client gave it, before it was looked up
  std::uint16_t port = 0;
  std::string transport;      // udp, tcp or tls
  std::string tls_name = {};  // whom the certificate must name (RFC 5922, 4); empty: the host itself

  bool operator==(const Route&) const = default;
};

// With the name that a server must prove (RFC 5922, 4): an address that was given as the route is none, and so it is
// the domain that is asked.
Route named(Route route, const std::string& domain);

constexpr std::uint16_t usual_port(std::string_view transport) { return transport == "tls" ? 5061 : 5060; }

}  // namespace sip
