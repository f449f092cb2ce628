// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>

#include <glib.h>
#include <sdbus-c++/IConnection.h>

#include "base/handle.h"
#include "dbus/outbox.h"

namespace dbus {

// The connection on the default loop. It handles one request after the other and lets the outbox go after each.
class BusSource {
 public:
  // `lost` is called once, when the bus has closed the connection.
  BusSource(sdbus::IConnection& connection, Outbox& outbox, std::function<void()> lost);
  ~BusSource();
  BusSource(const BusSource&) = delete;
  BusSource& operator=(const BusSource&) = delete;

  // For the source's callbacks. How long the loop may wait for the bus, in ms: 0 not at all, -1 for ever.
  int prepare();
  // Handles what came; false when the connection is lost.
  bool dispatch();

 private:
  sdbus::IConnection& connection_;
  Outbox& outbox_;
  std::function<void()> lost_;
  GPollFD poll_{};
  base::Handle<GSource, g_source_unref> source_;
};

}  // namespace dbus
