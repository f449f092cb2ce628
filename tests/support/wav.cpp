// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/wav.h"

#include <cstring>
#include <functional>
#include <stdexcept>

#include "tests/support/sipp.h"
#include "tests/unit/media/sound_check.h"

namespace test {
namespace {

template <typename Number>
Number number_at(const std::string& bytes, std::size_t at) {
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof(number));
  return number;
}

Wav parse(const std::string& path, bool growing) {
  const std::string bytes = read_file(path);
  if (bytes.size() < 44 || bytes.substr(0, 4) != "RIFF" || bytes.substr(8, 4) != "WAVE")
    throw std::runtime_error(path + " is no WAV file");
  Wav wav;
  std::size_t channels = 0;
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    const std::string kind = bytes.substr(at, 4);
    std::size_t size = number_at<std::uint32_t>(bytes, at + 4);
    at += 8;
    if (growing && kind == "data") size = bytes.size() - at;
    if (size > bytes.size() - at) throw std::runtime_error(path + ": its header promises more than there is");
    if (kind == "fmt ") {
      channels = number_at<std::uint16_t>(bytes, at + 2);
      wav.rate = number_at<std::uint32_t>(bytes, at + 4);
      if (number_at<std::uint16_t>(bytes, at) != 1 || number_at<std::uint16_t>(bytes, at + 14) != 16)
        throw std::runtime_error(path + " is no PCM of 16 bits");
      wav.channels.resize(channels);
    } else if (kind == "data" && channels > 0) {
      for (std::size_t i = 0; i + 2 * channels <= size; i += 2 * channels)
        for (std::size_t channel = 0; channel < channels; ++channel)
          wav.channels[channel].push_back(number_at<media::Sample>(bytes, at + i + 2 * channel));
      return wav;  // what follows was written after the header was
    }
    at += size + size % 2;
  }
  throw std::runtime_error(path + " holds no sound");
}

// In pieces of 40 ms.
double seconds_that_fit(const Wav& wav, std::size_t channel,
                        const std::function<bool(std::span<const media::Sample>)>& fits) {
  const std::size_t piece = wav.rate / 25;
  const std::span<const media::Sample> sound = wav.channels.at(channel);
  unsigned count = 0;
  for (std::size_t at = 0; at + piece <= sound.size(); at += piece)
    if (fits(sound.subspan(at, piece))) ++count;
  return count * 0.04;
}

}  // namespace

Wav read_wav(const std::string& path) { return parse(path, false); }

Wav read_growing_wav(const std::string& path) { return parse(path, true); }

double Wav::seconds_of_tone(double frequency, std::size_t channel, double share) const {
  return seconds_that_fit(*this, channel, [&](std::span<const media::Sample> piece) {
    return sound_check::share_of_tone(piece, frequency, rate) >= share;
  });
}

double Wav::seconds_of_silence(std::size_t channel) const {
  return seconds_that_fit(*this, channel,
                          [](std::span<const media::Sample> piece) { return sound_check::power(piece) < 100; });
}

}  // namespace test
