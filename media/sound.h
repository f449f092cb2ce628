// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>

namespace media {

using Sample = std::int16_t;

// A point of CLOCK_MONOTONIC, or a length of time.
using Time = std::chrono::nanoseconds;

// The engine hears, codes and plays one frame of sound at each tick.
inline constexpr Time tick_duration = std::chrono::milliseconds(20);
inline constexpr unsigned ticks_per_second = 50;

inline Time now() { return std::chrono::duration_cast<Time>(std::chrono::steady_clock::now().time_since_epoch()); }

inline Sample saturate(int value) { return static_cast<Sample>(std::clamp(value, -32768, 32767)); }

}  // namespace media
