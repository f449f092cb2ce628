// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "media/sound.h"

namespace test {

// What a recording holds, one row of samples for each channel.
struct Wav {
  unsigned rate = 0;
  std::vector<std::vector<media::Sample>> channels;

  double seconds() const { return rate == 0 || channels.empty() ? 0 : double(channels.front().size()) / rate; }
  // The seconds in which the tone is at least this share of what is heard. A machine that is too busy makes gaps in a
  // tone, and no other tone of it: so this is what a test asks, and waits for.
  double seconds_of_tone(double frequency, std::size_t channel = 0, double share = 0.9) const;
  // The seconds in which nothing is heard.
  double seconds_of_silence(std::size_t channel = 0) const;
};

// Throws when the file is no PCM of 16 bits, or when its header promises more than it holds.
Wav read_wav(const std::string& path);
// All that there is of a recording that still grows, whatever its header says yet.
Wav read_growing_wav(const std::string& path);

}  // namespace test
