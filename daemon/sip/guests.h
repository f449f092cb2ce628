// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <set>
#include <vector>

namespace sip {

// The most connections that others may have made to us: 1,000, or a quarter of the descriptors if that is less.
std::size_t most_guests();

// Of these sockets, those that are connected to our ports: ends what is too many. The address that has most loses one
// first, the one that has been silent for longest.
void limit_guests(const std::vector<int>& sockets, const std::set<std::uint16_t>& ports, std::size_t most);

}  // namespace sip
