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
  // The share of the tone in the power of the channel, in its usual piece of 40 ms: 0 to 1.
  double share_of_tone(double frequency, std::size_t channel = 0) const;
  // The seconds in which the tone is more than half of what is heard.
  double seconds_of_tone(double frequency, std::size_t channel = 0) const;
};

// Throws when the file is no PCM of 16 bits, or when its header promises more than it holds.
Wav read_wav(const std::string& path);

}  // namespace test
