// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/loop.h"

namespace base {

// What systemd, or whoever set NOTIFY_SOCKET, hears of us (sd_notify(3)). Without it all of this does nothing.
class Service {
 public:
  // Feeds the watchdog from the loop, twice in each of its periods: a loop that hangs is found.
  explicit Service(Scheduler& scheduler);

  void ready(const std::string& status);
  void status(const std::string& status);
  void reloading();  // ready() again when that is done
  void stopping();

 private:
  void feed_watchdog();

  Timer watchdog_;
  Duration period_{0};
};

// Ends the process with this code when it has not ended by then: another thread that is within a library, as when one
// is loaded from a slow disk, can not be interrupted.
void end_after(Duration limit, int code);

// No core dump holds what we know, and no other program of the user looks into our memory.
void forbid_dumps();

// Raises the soft limit of open files to the hard one: each call needs three.
void raise_file_limit();

}  // namespace base
