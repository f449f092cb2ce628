// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>

#include "tests/support/station.h"

namespace test {

using Settings = std::map<std::string, sdbus::Variant>;

// Sets these of an account, or of the daemon, and saves them.
void save(Station& station, const std::string& path, const Settings& settings);
// A new account with these settings; its path.
std::string add_account(Station& station, const std::string& id, const Settings& settings);

// Waits for the n-th signal of this account about its registration, as "DidFail", that has come since the last clear().
const Entry& registration_signal(Station& station, const std::string& account, const std::string& member,
                                 unsigned count = 1, std::chrono::milliseconds limit = patience);
// Of an argument that is a dictionary.
std::string value_of(const sipctl::Value& dictionary, const std::string& key);

template <typename Type>
Type account_property(Station& station, const std::string& account, const std::string& name) {
  return station.client.get<Type>(account, "Account", name);
}

}  // namespace test
