// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/account/account.h"
#include "dbus/to_bus.h"

namespace dbus {

// What an account shows on the bus at one moment.
struct AccountValues {
  std::string id;
  std::string username;
  std::string domain;
  std::string contact;
  std::map<std::string, std::string> contact_uris;
  std::string credentials;
  bool active = false;
  bool has_password = false;
};

// How an account is registered. The Bonjour account has none of it.
struct RegistrationValues {
  std::string state = "none";
  std::uint32_t code = 0;
  std::string reason;
  Route route;
  std::uint64_t expires = 0;
  std::uint64_t next_try = 0;
  std::vector<std::string> contacts;
};

AccountValues values_of(const account::Account& account);
RegistrationValues values_of(const account::RegistrationProperties& registration);

const PropertyTable<AccountValues>& account_table();
const PropertyTable<RegistrationValues>& registration_table();

}  // namespace dbus
