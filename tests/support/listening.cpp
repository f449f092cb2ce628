// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/listening.h"

#include <filesystem>

namespace test {
namespace {

// Looks only when there is more to see: what has to be heard needs the processor too.
void wait_for(Station& station, const std::string& file, const std::string& what,
              const std::function<bool(const Wav&)>& heard) {
  std::uintmax_t seen = 44;
  const auto look = [&] {
    const auto size = std::filesystem::file_size(file);
    if (size <= seen) return false;
    seen = size;
    return heard(read_growing_wav(file));
  };
  station.until(look, what + " in " + file, hearing_patience);
}

}  // namespace

void wait_for_audio(Station& station, const std::string& session) {
  station.until([&] { return station.property<bool>(session, "AudioWasReceived"); }, "audio comes", hearing_patience);
}

void wait_for_tone(Station& station, const std::string& file, const Tone& tone, double seconds) {
  wait_for(station, file, std::to_string(seconds) + " s of " + std::to_string(tone.frequency) + " Hz",
           [&](const Wav& wav) { return wav.seconds_of_tone(tone.frequency, tone.channel, tone.share) >= seconds; });
}

void wait_for_silence(Station& station, const std::string& file, std::size_t channel, double seconds) {
  wait_for(station, file, std::to_string(seconds) + " s of silence",
           [&](const Wav& wav) { return wav.seconds_of_silence(channel) >= seconds; });
}

}  // namespace test
