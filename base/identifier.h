// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

namespace base {

// "urn:uuid:…" (RFC 4122) of this name on this machine, always the same; nobody learns from it what the machine or the
// name is, nor that two of them are of one machine.
std::string stable_urn(std::string_view name);

}  // namespace base
