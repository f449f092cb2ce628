// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/root_source.h"

#include <utility>

namespace sip {
namespace {

// In ms; the longest that the library counts is 24 days.
constexpr su_duration_t long_ago = 20 * 24 * 3600 * 1000;
constexpr unsigned most_hurried = 3;  // turns

}  // namespace

gboolean RootSource::call_prepare(GSource* source, gint* timeout) noexcept {
  return static_cast<const Functions*>(source->source_funcs)->owner->prepare(*timeout);
}

gboolean RootSource::call_dispatch(GSource* source, GSourceFunc call, gpointer data) noexcept {
  return static_cast<const Functions*>(source->source_funcs)->owner->dispatch(call, data);
}

RootSource::RootSource(su_root_t* root, std::function<void()> ran)
    : source_(su_glib_root_gsource(root)),
      ran_(std::move(ran)),
      original_(source_->source_funcs),
      functions_{*original_, this},
      timers_(su_task_timers(su_root_task(root))) {
  functions_.prepare = call_prepare;
  functions_.dispatch = call_dispatch;
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
  // It has messages for itself, too, and one may bring the next.
  if (next != long_ago || ++hurried_ <= most_hurried) return true;
  hurried_ = 0;
  timeout = 1;
  return false;
}

bool RootSource::dispatch(GSourceFunc call, void* data) {
  // This may be gone after that, and then the source is destroyed.
  GSource* const source = source_;
  const bool again = original_->dispatch(source, call, data);
  if (!g_source_is_destroyed(source)) ran_();
  return again;
}

std::vector<int> RootSource::sockets() const {
  std::vector<int> result;
  for (const GSList* one = source_->poll_fds; one; one = one->next)
    result.push_back(static_cast<const GPollFD*>(one->data)->fd);
  return result;
}

}  // namespace sip
