// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "tools/sipctl/commands.h"

namespace sipctl {

// Calls the URI of the command from its account, or from the default one; the path of the session.
std::string place_call(Daemon& daemon, const Command& command);

// Why a session is over: "Busy Here (486, remote)".
std::string end_reason(const Properties& session);

}  // namespace sipctl
