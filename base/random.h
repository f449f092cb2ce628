// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/random.h>

#include <cstdint>
#include <limits>

namespace base {

// Numbers that nobody can foresee, from the kernel: a generator for the distributions of the standard library. Made for
// nothing, unlike std::random_device, which asks the processor who it is each time.
class Random {
 public:
  using result_type = std::uint64_t;

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()() const {
    result_type number = 0;
    // Neither interrupted nor short for so few bytes (getrandom(2)).
    while (getrandom(&number, sizeof number, 0) != sizeof number) {
    }
    return number;
  }
};

}  // namespace base
