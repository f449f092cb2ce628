// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>

#include <gio/gio.h>

#include "base/handle.h"
#include "base/loop.h"
#include "base/watch.h"

namespace host {

// Tells when the machine falls asleep and when it is awake again, by logind, and holds sleep off until what must be
// done before is done (a delay inhibitor). Where there is no logind it waits for one, and tells nothing.
class SleepMonitor {
 public:
  using Call = std::function<void()>;

  // Who is told to fall asleep calls `ready`, or sleep comes after 3 s all the same; the call may come late.
  SleepMonitor(base::Scheduler& scheduler, std::function<void(Call ready)> falls_asleep, Call woke);
  ~SleepMonitor();
  SleepMonitor(const SleepMonitor&) = delete;
  SleepMonitor& operator=(const SleepMonitor&) = delete;

  // For the callbacks of GIO.
  void on_appeared(GDBusConnection* connection);
  void on_vanished();
  void on_inhibited(int descriptor);
  void on_prepare(bool asleep);

 private:
  void inhibit();

  const std::function<void(Call)> falls_asleep_;
  const Call woke_;
  bool asleep_ = false;
  base::Descriptor inhibitor_;  // sleep waits while it is open
  base::Timer limit_;
  base::Handle<GCancellable, g_object_unref> cancellable_;
  base::Handle<GDBusConnection, g_object_unref> connection_;
  unsigned subscription_ = 0;
  const unsigned watch_;
};

}  // namespace host
