// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/commands.h"
#include "tools/sipctl/told.h"
#include "tools/sipctl/watch.h"

namespace sipctl {
namespace {

// That the daemon comes or goes, or is there at the start, is printed like a signal of its own.
void print_presence(const Options& options, const char* what) { print(options, {now(), root_path, "", what, {}}); }

}  // namespace

void monitor(const Options& options, const Command&) {
  const auto connection = connect(options);
  Watch watch(*connection);
  const auto signals = connection->addMatch("type='signal',sender='org.sipsession1'",
                                            [&](sdbus::Message& message) { print(options, read_told(message)); });
  const auto presence = connection->addMatch(
      "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.sipsession1'",
      [&](sdbus::Message& message) {
        print_presence(options, read_values(message).at(2).text.empty() ? "DaemonWentAway" : "DaemonCame");
      });
  bool there = false;
  try {
    const auto bus = sdbus::createProxy(*connection, "org.freedesktop.DBus", "/org/freedesktop/DBus");
    bus->callMethod("NameHasOwner").onInterface("org.freedesktop.DBus").withArguments(bus_name).storeResultsTo(there);
  } catch (const sdbus::Error& error) {
    throw Failure{absent, "the bus is gone: " + error.getMessage()};
  }
  print_presence(options, there ? "DaemonIsThere" : "DaemonIsAbsent");
  while (!watch.wait(false).stop) {
  }
}

}  // namespace sipctl
