// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sdbus-c++/Message.h>
#include <systemd/sd-bus.h>

namespace dbus {

// The way to what sdbus-c++ 1.2 wraps: it keeps it from all but what derives.
struct Opened : sdbus::Message {
  static sd_bus_message* message(const sdbus::Message& message) {
    return static_cast<sd_bus_message*>(message.*(&Opened::msg_));
  }

  // A message of sd-bus in the wrapper of `kin`, a message of the same connection.
  template <typename Wrapper>
  static Wrapper wrap(sd_bus_message* message, const sdbus::Message& kin) {
    Wrapper wrapper;
    wrapper.*(&Opened::msg_) = sd_bus_message_ref(message);
    wrapper.*(&Opened::sdbus_) = kin.*(&Opened::sdbus_);
    return wrapper;
  }
};

}  // namespace dbus
