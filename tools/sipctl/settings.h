// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "tools/sipctl/commands.h"

namespace sipctl {

inline constexpr const char* account_manager_path = "/org/sipsession1/AccountManager";

// The path of the account with this id. Throws a Failure when there is none.
std::string account_path(Daemon& daemon, const std::string& id);

// The value that a person wrote for a setting of this D-Bus type. Throws a Failure of usage.
sdbus::Variant to_variant(const std::string& name, const std::string& type, const std::string& text);

// Sets it at the path; nothing is saved yet.
void set_setting(Daemon& daemon, const std::string& path, const std::string& name, const sdbus::Variant& value);
void save(Daemon& daemon, const std::string& path);

}  // namespace sipctl
