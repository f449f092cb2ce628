// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the system says about names: its files as values.
namespace sip {

struct NameServer {
  std::string address;  // numeric; of IPv6 perhaps with a scope: fe80::1%eth0
  std::uint16_t port = 53;

  bool operator==(const NameServer&) const = default;
};

// "192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353"; nothing for anything else.
std::optional<NameServer> name_server_from_text(std::string_view text);

// Those of a resolv.conf(5), three at most; the local machine when it names none.
std::vector<NameServer> name_servers_of(std::string_view resolv_conf);

// The addresses that a hosts(5) file gives the name, in its order. localhost has its addresses whatever the file says
// (RFC 6761, 6.3).
std::vector<std::string> addresses_in(std::string_view hosts, std::string_view name);

}  // namespace sip
