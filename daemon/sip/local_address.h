// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sip {

// The numeric address from which the kernel sends towards the peer. Where the peer is no address or no route leads
// there: the first address of a link that is up and not the loopback, else 127.0.0.1. Does no I/O.
std::string local_address_towards(const std::string& peer);

// Whether the kernel knows a way to the numeric address. Does no I/O.
bool has_route_to(const std::string& address);

enum class PortKind { udp, tcp };

// The port if it can be bound on the address (empty: on all), or with port 0 one that can. Nothing when it is taken.
std::optional<std::uint16_t> free_port(PortKind kind, const std::string& address, std::uint16_t port);

}  // namespace sip
