// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/sip/sofia.h"

namespace sip {

// Has the library run by the loop, without its spinning: it counts in whole milliseconds until its next timer, and what
// is less than one is none to it, so that the loop would turn without a pause in the last millisecond before each
// timer.
class RootSource {
 public:
  // The root is made by su_glib_root_create(), and must outlive this.
  explicit RootSource(su_root_t* root);
  ~RootSource();
  RootSource(const RootSource&) = delete;
  RootSource& operator=(const RootSource&) = delete;

  // For the source alone. `timeout` becomes the time in ms after which it wants to be asked again.
  bool prepare(int& timeout);

 private:
  struct Functions : GSourceFuncs {
    RootSource* owner;
  };
  static gboolean call_prepare(GSource* source, gint* timeout) noexcept;

  GSource* const source_;
  const GSourceFuncs* const original_;
  Functions functions_;
  su_timer_queue_t* timers_;
};

}  // namespace sip
