// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/root_source.h"

namespace sip {
namespace {

// In ms; the longest that the library counts is 24 days.
constexpr su_duration_t long_ago = 20 * 24 * 3600 * 1000;

}  // namespace

gboolean RootSource::call_prepare(GSource* source, gint* timeout) noexcept {
  return static_cast<const Functions*>(source->source_funcs)->owner->prepare(*timeout);
}

RootSource::RootSource(su_root_t* root)
    : source_(su_glib_root_gsource(root)),
      original_(source_->source_funcs),
      functions_{*original_, this},
      timers_(su_task_timers(su_root_task(root))) {
  functions_.prepare = call_prepare;
  g_source_set_funcs(source_, &functions_);
  // Else GLib takes each socket out of what it polls for each call, and wakes itself for each of them. The loop is
  // never run from within.
  g_source_set_can_recurse(source_, TRUE);
  g_source_attach(source_, nullptr);
}

RootSource::~RootSource() {
  g_source_destroy(source_);
  source_->source_funcs = original_;
}

bool RootSource::prepare(int& timeout) {
  if (!original_->prepare(source_, &timeout)) return false;
  // The one public way to learn when the next timer is due: to run those that were due long ago, which are none.
  su_duration_t next = SU_DURATION_MAX;
  su_timer_expire(timers_, &next, su_time_add(su_now(), -long_ago));
  if (next != long_ago) return true;
  // Also where it has a message for itself: that waits no longer than the timer.
  timeout = 1;
  return false;
}

}  // namespace sip
