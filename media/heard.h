// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include "media/resampler.h"

namespace media {

// What the input device gave in one tick, at each rate that some encoder wants: converted once for all streams.
class Heard {
 public:
  explicit Heard(unsigned engine_rate);

  // The next frame, at the engine's rate, to be filled in.
  std::span<Sample> next();
  // The frame at the rate; empty for a rate that no encoder has.
  std::span<const Sample> at(unsigned rate);

 private:
  struct Rate {
    unsigned rate;
    Resampler resampler;
    std::vector<Sample> sound;
  };
  unsigned engine_rate_;
  std::vector<Sample> frame_;
  std::vector<Rate> rates_;
};

}  // namespace media
