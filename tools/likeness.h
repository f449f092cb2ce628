// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

// Whether what one party heard is what the other one played.
namespace likeness {

struct Sound {
  unsigned rate = 0;  // Hz
  std::vector<float> samples;

  double seconds() const { return rate == 0 ? 0.0 : static_cast<double>(samples.size()) / rate; }
};

// The sound of a WAV file of 16 bit PCM, its channels made one; nothing if it is something else.
std::optional<Sound> parse_wav(std::span<const std::byte> file);

// The root mean square in dB, 0 for a full-scale square wave; at least -120.
double level_of(const Sound& sound);

struct Likeness {
  double value;   // 1: the same; about 0: nothing to do with each other
  double offset;  // seconds into what was played at which the recording begins
};

// Correlates how loud each note of the scale is over time, at the offset that fits best; what is played starts again at
// its end. Each second may lie a quarter of a second off, as a jitter buffer moves it; the value is their mean.
// Waveforms are not compared: codecs like Opus keep the sound and not its phases. Pure.
Likeness likeness_of(const Sound& played, const Sound& recorded);

}  // namespace likeness
