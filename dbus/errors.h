// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <optional>
#include <type_traits>

#include <sdbus-c++/Error.h>

#include "base/error.h"

namespace dbus {

// The name of the error on the bus: org.sipsession1.Error.InvalidState and so on.
std::string error_name(base::Errc code);

// A refusal as a client sees it; a fault of ours is logged.
sdbus::Error error_of(const base::Error& refused);

// Runs the call. What it threw comes back as the error that a client would see; a fault of ours is logged.
std::optional<sdbus::Error> failure_of(const std::function<void()>& call);

// Runs what no client waits for; a failure is logged and goes no further.
void attempt(const std::function<void()>& call);

// The body of every method and property: what it refuses leaves as a D-Bus error, and nothing else ever leaves.
template <typename Call>
auto answer(Call&& call) {
  using Answer = std::invoke_result_t<Call>;
  if constexpr (std::is_void_v<Answer>) {
    if (const auto failure = failure_of(call)) throw *failure;
  } else {
    std::optional<Answer> result;
    if (const auto failure = failure_of([&] { result = call(); })) throw *failure;
    return *std::move(result);
  }
}

}  // namespace dbus
