// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "base/stream.h"
#include "base/watch.h"

// What the kernel is asked for: sockets of TCP that never wait, and hold little that is not on its way.
namespace msrp {

using Place = base::Peer;

// A connection under way: it can be written when it stands or has failed. No descriptor, and errno, when it failed.
base::Descriptor connect_to(const Place& place);
// On the address, or on all of both families; port 0: any that is free. No descriptor, and errno, when there is none.
base::Descriptor listen_on(std::uint16_t port, const std::string& address = {});
// Somebody has connected and was not accepted yet.
bool somebody_waits(const base::Descriptor& listening);
// No descriptor, and errno, when nobody waits.
base::Descriptor accept_from(const base::Descriptor& listening);

// Why the connection does not stand, as of errno; 0: it does.
int error_of(const base::Descriptor& socket);
std::uint16_t local_port_of(const base::Descriptor& socket);

}  // namespace msrp
