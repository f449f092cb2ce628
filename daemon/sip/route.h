// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

namespace sip {

// The next hop of a request. The host may be a name, and is kept for the check of its certificate.
struct Route {
  std::string host;
  std::uint16_t port = 0;
  std::string transport;  // udp or tcp

  bool operator==(const Route&) const = default;
};

}  // namespace sip
