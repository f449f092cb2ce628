// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include <glib.h>

#include "base/handle.h"

namespace base {

using Duration = std::chrono::milliseconds;

// Where timers come from: the loop, or a hand-turned clock in tests.
class Scheduler {
 public:
  virtual ~Scheduler() = default;

  // Calls once, after the duration, and never from within this function. The returned id is not 0.
  virtual unsigned call_after(Duration duration, std::function<void()> call) = 0;
  virtual void cancel(unsigned id) = 0;
};

// One pending call at most; destroying the timer cancels it.
class Timer {
 public:
  explicit Timer(Scheduler& scheduler) : scheduler_(scheduler) {}
  ~Timer() { stop(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Replaces what was pending.
  void start(Duration duration, std::function<void()> call);
  void stop();
  bool running() const { return id_ != 0; }

 private:
  Scheduler& scheduler_;
  unsigned id_ = 0;
};

// The one loop of the process, over GLib's default context: SIP, bus, timers and all control. All its timers are one
// source of GLib, which looks at every source that it has in each turn.
class Loop : public Scheduler {
 public:
  Loop();
  ~Loop() override;

  // Returns the value given to quit().
  int run();
  void quit(int result);

  // Calls later, on the loop's thread, in the order of posting. Any thread may post. What waits when the loop is
  // destroyed is dropped.
  void post(std::function<void()> call);

  // Calls for each arrival of the signal, on the loop's thread.
  void on_signal(int number, std::function<void()> call);

  unsigned call_after(Duration duration, std::function<void()> call) override;
  void cancel(unsigned id) override;

  // For the callbacks of the sources: call what is due, and what was posted.
  void call_due();
  void call_posted();

 private:
  // Microseconds of g_get_monotonic_time(), and the id, which tells equal times apart.
  using When = std::pair<gint64, unsigned>;

  void await_first();
  std::size_t posted();

  Handle<GMainLoop, g_main_loop_unref> loop_;
  Handle<GSource, g_source_unref> timers_;
  // The hand-over between threads is a lock of ours, not one within GLib, so that ThreadSanitizer sees it.
  Handle<GSource, g_source_unref> posts_;
  std::mutex mutex_;
  std::deque<std::function<void()>> posted_;
  std::map<When, std::function<void()>> calls_;
  std::unordered_map<unsigned, gint64> times_;
  unsigned last_id_ = 0;
  std::vector<unsigned> signals_;
  int result_ = 0;
};

}  // namespace base
