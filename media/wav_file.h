// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "media/sound.h"
#include "media/udp_socket.h"

namespace media {

inline constexpr std::size_t wav_header_size = 44;

struct WavFormat {
  unsigned channels = 1;
  unsigned sample_rate = 8000;
};

// The plain header of PCM16 before so many bytes of sound. Pure.
std::array<std::byte, wav_header_size> wav_header(const WavFormat& format, std::uint32_t sound_bytes);

// A WAV that is whole at each write_sizes(), whatever happens to the process after. Failures come back as sentences.
class WavFile {
 public:
  using Failure = std::optional<std::string>;

  // Takes an open, empty, regular file; nothing is written yet.
  WavFile(Descriptor file, WavFormat format) : file_(std::move(file)), format_(format) {}

  Failure append(std::span<const Sample> sound);
  // The header says what is there now.
  Failure write_sizes();
  // After a failure: what is there becomes a valid file.
  void cut_to_whole_frames();
  void close() { file_ = Descriptor(); }

 private:
  Descriptor file_;
  WavFormat format_;
  std::uint64_t bytes_ = 0;  // of sound
};

}  // namespace media
