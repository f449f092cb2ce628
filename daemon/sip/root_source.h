// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <vector>

#include "daemon/sip/sofia.h"

namespace sip {

// Has the library run by the loop, without its spinning: it counts in whole milliseconds until its next timer, and what
// is less than one is none to it, so that the loop would turn without a pause in the last millisecond before each
// timer.
class RootSource {
 public:
  // The root is made by su_glib_root_create(), and must outlive this. `ran` is called after each turn of the library.
  RootSource(su_root_t* root, std::function<void()> ran);
  ~RootSource();
  RootSource(const RootSource&) = delete;
  RootSource& operator=(const RootSource&) = delete;

  // For the source alone. `timeout` becomes the time in ms after which it wants to be asked again.
  bool prepare(int& timeout);
  bool dispatch(GSourceFunc call, void* data);
  // All that the library waits for.
  std::vector<int> sockets() const;

 private:
  struct Functions : GSourceFuncs {
    RootSource* owner;
  };
  static gboolean call_prepare(GSource* source, gint* timeout) noexcept;
  static gboolean call_dispatch(GSource* source, GSourceFunc call, gpointer data) noexcept;

  GSource* const source_;
  const std::function<void()> ran_;
  const GSourceFuncs* const original_;
  Functions functions_;
  su_timer_queue_t* timers_;
  unsigned hurried_ = 0;  // turns in the last millisecond before a timer
};

}  // namespace sip
