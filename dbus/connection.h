// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include <sdbus-c++/IConnection.h>

namespace dbus {

// Which bus to be on: the user's session bus unless something else is said.
struct BusChoice {
  bool system = false;
  std::string address;  // wins over `system`
};

// Throws Error{failed} when there is no such bus.
std::unique_ptr<sdbus::IConnection> connect(const BusChoice& choice);

// Takes our bus name, once everything is on the bus. Throws Error{failed}, saying who owns it, when it is taken.
void own_name(sdbus::IConnection& connection);

}  // namespace dbus
