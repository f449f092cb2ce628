// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/accounts.h"

namespace test {

void save(Station& station, const std::string& path, const Settings& settings) {
  for (const auto& [name, value] : settings) station.client.call(path, "SettingsObject", "SetSetting", name, value);
  station.client.call(path, "SettingsObject", "Save");
}

std::string add_account(Station& station, const std::string& id, const Settings& settings) {
  const auto path = station.client.call<sdbus::ObjectPath>(account_manager_path, "AccountManager", "CreateAccount", id);
  save(station, path, settings);
  return path;
}

const Entry& registration_signal(Station& station, const std::string& account, const std::string& member,
                                 unsigned count, std::chrono::milliseconds limit) {
  unsigned seen = 0;
  const std::string wanted = "SIPAccountRegistration" + member;
  return station.recorder.wait(
      [&](const Entry& entry) { return entry.path == account && entry.member == wanted && ++seen == count; },
      std::to_string(count) + " " + wanted + " of " + account, limit);
}

std::string value_of(const sipctl::Value& dictionary, const std::string& key) {
  for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2)
    if (dictionary.items[i].text == key) return dictionary.items[i + 1].to_text();
  return "";
}

}  // namespace test
