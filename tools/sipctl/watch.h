// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include "tools/sipctl/held_signals.h"

namespace sipctl {

// Waits for the bus, for standard input, and for the word to stop. From its making on, SIGINT and its like end nothing
// by themselves.
class Watch {
 public:
  struct Woke {
    bool input = false;  // can be read, or has ended
    bool stop = false;   // once for each word
  };

  explicit Watch(sdbus::IConnection& connection) : connection_(connection) {}
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Comes back when something came of the bus, and its handlers have run, or for another reason. Throws a Failure when
  // the bus is gone.
  Woke wait(bool for_input);
  // Runs the handlers of what came while a reply was waited for; whether there was anything.
  bool take_what_came();

 private:
  sdbus::IConnection& connection_;
  // SIGPIPE: nobody reads what we print.
  HeldSignals stop_{SIGINT, SIGTERM, SIGHUP, SIGPIPE};
};

}  // namespace sipctl
