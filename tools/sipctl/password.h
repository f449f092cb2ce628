// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "tools/sipctl/commands.h"

namespace sipctl {

// The password that the command is given: in a file, on standard input, or typed at the terminal without being seen.
// Without any of these there is none. Throws a Failure.
std::string password_for(const Command& command);

}  // namespace sipctl
