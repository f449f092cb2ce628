// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/watch.h"

#include <poll.h>

#include <memory>
#include <utility>

#include <glib-unix.h>

namespace base {
namespace {

using Call = std::function<void()>;

gboolean call_again(gint, GIOCondition, gpointer call) noexcept {
  return (*static_cast<Call*>(call))(), G_SOURCE_CONTINUE;
}
// The conditions of GLib are the events of poll(2).
int events_of(Watch::For what) {
  if (what == Watch::For::ending) return POLLRDHUP;
  return what == Watch::For::reading ? G_IO_IN : G_IO_OUT;
}
void destroy_call(gpointer call) noexcept { std::default_delete<Call>()(static_cast<Call*>(call)); }

}  // namespace

Watch::Watch(const Descriptor& descriptor, For what, std::function<void()> call)
    : source_(
          g_unix_fd_source_new(descriptor.number(), static_cast<GIOCondition>(events_of(what) | G_IO_ERR | G_IO_HUP))) {
  // GLib keeps the call until its dispatch is over, also when the source is destroyed from within.
  auto kept = std::make_unique<Call>(std::move(call));
  g_source_set_callback(source_.get(), G_SOURCE_FUNC(call_again), kept.release(), destroy_call);
  g_source_attach(source_.get(), nullptr);
}

Watch::~Watch() { g_source_destroy(source_.get()); }

}  // namespace base
