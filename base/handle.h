// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

namespace base {

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* object) const noexcept {
    release(object);
  }
};

// Owns one object of a C library: Handle<GMainLoop, g_main_loop_unref>.
template <typename T, auto release>
using Handle = std::unique_ptr<T, Release<release>>;

}  // namespace base
