// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

#include <sdbus-c++/Types.h>

// The names by which the bus knows us.
namespace dbus {

inline constexpr const char* bus_name = "org.sipsession1";
inline constexpr const char* error_prefix = "org.sipsession1.Error.";

inline constexpr const char* root_path = "/org/sipsession1";
inline constexpr const char* engine_path = "/org/sipsession1/Engine";
inline constexpr const char* session_manager_path = "/org/sipsession1/SessionManager";
inline constexpr const char* account_manager_path = "/org/sipsession1/AccountManager";
inline constexpr const char* settings_path = "/org/sipsession1/Settings";
inline constexpr const char* session_prefix = "/org/sipsession1/session";
inline constexpr const char* no_path = "/";  // None

sdbus::ObjectPath session_path(std::uint64_t number);

// No id, no path: "" gives "/".
sdbus::ObjectPath account_path(const std::string& id);

// Throws Error{no_such_account} for a path that account_path() never gives.
std::string account_id(const sdbus::ObjectPath& path);

}  // namespace dbus
