// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "media/bytes.h"
#include "media/sound.h"

namespace media {

// The sound of a WAV file: PCM of 16 bits, one or two channels (made one), 1 to 192000 Hz.
struct WavSound {
  unsigned sample_rate = 0;
  std::vector<Sample> sound;
};

// Throws Error{file_failure} with a sentence for anything else. Pure.
WavSound parse_wav(Bytes file);

// The same of a file of at most 64 MB, at the wanted rate and without waiting for a device or pipe. On a worker only.
std::vector<Sample> read_wav(const std::string& path, unsigned sample_rate);

}  // namespace media
