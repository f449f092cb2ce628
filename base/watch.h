// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>

#include <glib.h>

#include "base/handle.h"

namespace base {

// Owns a descriptor; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

// Calls on the loop whenever the descriptor can be read, or written, or has failed. The call may destroy the watch.
class Watch {
 public:
  enum class For { reading, writing };

  Watch(const Descriptor& descriptor, For what, std::function<void()> call);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  const Handle<GSource, g_source_unref> source_;
};

}  // namespace base
