// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/names.h"

#include <cstdlib>

#include <systemd/sd-bus.h>

#include "base/error.h"
#include "base/handle.h"

namespace dbus {
namespace {

constexpr const char* account_prefix = "/org/sipsession1/account";

using Text = base::Handle<char, std::free>;

}  // namespace

sdbus::ObjectPath session_path(std::uint64_t number) {
  return std::string(session_prefix) + "/" + std::to_string(number);
}

sdbus::ObjectPath account_path(const std::string& id) {
  if (id.empty()) return no_path;
  char* path = nullptr;
  if (sd_bus_path_encode(account_prefix, id.c_str(), &path) < 0)
    throw base::Error(base::Errc::failed, "there is no object path for the account " + id);
  return std::string(Text(path).get());
}

std::string account_id(const sdbus::ObjectPath& path) {
  char* id = nullptr;
  if (sd_bus_path_decode(path.c_str(), account_prefix, &id) <= 0)
    throw base::Error(base::Errc::no_such_account, "there is no account at " + path);
  std::string result = Text(id).get();
  // Two spellings must not lead to one object.
  if (result.empty() || account_path(result) != path)
    throw base::Error(base::Errc::no_such_account, "there is no account at " + path);
  return result;
}

}  // namespace dbus
