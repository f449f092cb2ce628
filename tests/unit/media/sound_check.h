// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "media/sound.h"

// What a test asks of sound.
namespace sound_check {

inline double power(std::span<const media::Sample> sound) {
  double sum = 0;
  for (const media::Sample sample : sound) sum += double(sample) * sample;
  return sound.empty() ? 0 : sum / static_cast<double>(sound.size());
}

// The share of the sound's power that is the tone, 0 to 1.
inline double share_of_tone(std::span<const media::Sample> sound, double frequency, double rate) {
  const std::complex<double> step = std::polar(1.0, 2 * std::numbers::pi * frequency / rate);
  std::complex<double> turn = 1, sum = 0;
  for (const media::Sample sample : sound) {
    sum += double(sample) * turn;
    turn *= step;
  }
  const auto count = static_cast<double>(sound.size());
  const double total = power(sound);
  return total == 0 ? 0 : 2 * std::norm(sum) / (count * count) / total;
}

// The same of the median piece of 40 ms: a machine that stalls once makes a jump, and no more than that.
inline double usual_share_of_tone(std::span<const media::Sample> sound, double frequency, unsigned rate) {
  std::vector<double> shares;
  const std::size_t piece = rate / 25;
  for (std::size_t at = 0; at + piece <= sound.size(); at += piece)
    shares.push_back(share_of_tone(sound.subspan(at, piece), frequency, rate));
  if (shares.empty()) return 0;
  std::nth_element(shares.begin(), shares.begin() + static_cast<std::ptrdiff_t>(shares.size() / 2), shares.end());
  return shares[shares.size() / 2];
}

inline std::vector<media::Sample> tone(double frequency, unsigned rate, std::size_t count, double amplitude = 10000) {
  std::vector<media::Sample> sound(count);
  for (std::size_t i = 0; i < count; ++i)
    sound[i] = static_cast<media::Sample>(
        std::lround(amplitude * std::sin(2 * std::numbers::pi * frequency * static_cast<double>(i) / rate)));
  return sound;
}

}  // namespace sound_check
