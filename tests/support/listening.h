// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "tests/support/station.h"
#include "tests/support/wav.h"

// Waiting for what is heard. How long that takes is the machine's affair: only what is heard is judged.
namespace test {

// The libraries of a codec may come from a cold disk, and that takes longer than any answer of the daemon.
inline constexpr std::chrono::seconds hearing_patience{90};

struct Tone {
  double frequency;
  std::size_t channel = 0;
  double share = 0.9;
};

// Sound of the peer comes.
void wait_for_audio(Station& station, const std::string& session);
// The recording holds so many seconds in which the tone is clear, or silence is.
void wait_for_tone(Station& station, const std::string& file, const Tone& tone, double seconds);
void wait_for_silence(Station& station, const std::string& file, std::size_t channel, double seconds);

}  // namespace test
