// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>

#include <glib.h>

#include "base/descriptor.h"
#include "base/handle.h"

namespace base {

// Calls on the loop whenever the descriptor can be read, or written, or has failed; `ending`: when the stream has ended
// or the other end sends no more. The call may destroy the watch.
class Watch {
 public:
  enum class For { reading, writing, ending };

  Watch(const Descriptor& descriptor, For what, std::function<void()> call);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  const Handle<GSource, g_source_unref> source_;
};

}  // namespace base
