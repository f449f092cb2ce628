// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/sound_device.h"

#include <cmath>
#include <numbers>

namespace media {

ToneSource::ToneSource(double frequency, unsigned rate) : step_(2 * std::numbers::pi * frequency / rate) {}

void ToneSource::read(std::span<Sample> frame) {
  constexpr double amplitude = 32767.0 / 3;
  for (Sample& sample : frame) {
    sample = static_cast<Sample>(std::lround(amplitude * std::sin(phase_)));
    phase_ += step_;
  }
  phase_ = std::fmod(phase_, 2 * std::numbers::pi);
}

void LoopSource::read(std::span<Sample> frame) {
  for (Sample& sample : frame) {
    sample = sound_[at_];
    at_ = (at_ + 1) % sound_.size();
  }
}

}  // namespace media
