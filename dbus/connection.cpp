// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/connection.h"

#include <cstdint>

#include <sdbus-c++/IProxy.h>

#include "base/error.h"
#include "dbus/errors.h"
#include "dbus/names.h"

namespace dbus {
namespace {

// "process 4711, :1.17", as far as the bus tells.
std::string owner_of(sdbus::IConnection& connection, const std::string& name) {
  std::string owner = "another connection";
  attempt([&] {
    const auto bus = sdbus::createProxy(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus");
    std::string unique_name;
    bus->callMethod("GetNameOwner").onInterface("org.freedesktop.DBus").withArguments(name).storeResultsTo(unique_name);
    owner = unique_name;
    std::uint32_t process = 0;
    bus->callMethod("GetConnectionUnixProcessID")
        .onInterface("org.freedesktop.DBus")
        .withArguments(unique_name)
        .storeResultsTo(process);
    owner = "process " + std::to_string(process) + ", " + unique_name;
  });
  return owner;
}

}  // namespace

std::unique_ptr<sdbus::IConnection> connect(const BusChoice& choice) {
  std::unique_ptr<sdbus::IConnection> connection;
  const auto failure = failure_of([&] {
    if (!choice.address.empty())
      connection = sdbus::createSessionBusConnectionWithAddress(choice.address);
    else if (choice.system)
      connection = sdbus::createSystemBusConnection();
    else
      connection = sdbus::createSessionBusConnection();
  });
  if (!failure) return connection;
  const std::string bus = !choice.address.empty() ? "bus at " + choice.address
                          : choice.system         ? "system bus"
                                                  : "session bus";
  throw base::Error(base::Errc::failed, "there is no connection to the " + bus + ": " + failure->getMessage());
}

void own_name(sdbus::IConnection& connection) {
  if (const auto failure = failure_of([&] { connection.requestName(bus_name); }))
    throw base::Error(base::Errc::failed, "the bus name " + std::string(bus_name) + " is not to be had (" +
                                              failure->getMessage() + "): its owner is " +
                                              owner_of(connection, bus_name));
}

}  // namespace dbus
