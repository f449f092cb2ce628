// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/heard.h"

namespace media {

Heard::Heard(unsigned engine_rate) : engine_rate_(engine_rate), frame_(engine_rate / ticks_per_second) {
  for (const unsigned rate : {8000u, 12000u, 16000u, 24000u, 48000u})
    if (rate != engine_rate) rates_.push_back({rate, Resampler(engine_rate, rate), {}});
}

std::span<Sample> Heard::next() {
  for (Rate& rate : rates_) rate.sound.clear();
  return frame_;
}

std::span<const Sample> Heard::at(unsigned rate) {
  if (rate == engine_rate_) return frame_;
  for (Rate& row : rates_) {
    if (row.rate != rate) continue;
    if (row.sound.empty()) row.resampler.push(frame_, row.sound);
    return row.sound;
  }
  return {};
}

}  // namespace media
