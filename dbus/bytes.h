// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <sdbus-c++/Message.h>

// Arrays of bytes in one piece. sdbus-c++ 1.2 reads and writes them byte by byte: for 10 MB the loop would stand still
// for more than half a second.
namespace sdbus {

// A better match than the template of sdbus-c++: include this before a generated adaptor.
Message& operator>>(Message& message, std::vector<std::uint8_t>& bytes);

}  // namespace sdbus

namespace dbus {

// Appends an `ay`.
void append_bytes(sdbus::Message& message, std::string_view bytes);

}  // namespace dbus
