// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/wav_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace media {
namespace {

// RIFF counts in 32 bits, and its own count includes 36 bytes of header.
constexpr std::uint64_t most_bytes = 0xffffffff - wav_header_size;

// The whole of it or why not.
WavFile::Failure write_at(int file, std::span<const std::byte> bytes, std::uint64_t at, std::uint64_t& written) {
  written = 0;
  while (written < bytes.size()) {
    const auto count = ::pwrite(file, bytes.data() + written, bytes.size() - written, static_cast<off_t>(at + written));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::string("the recording can not be written: ") + std::strerror(errno);
    if (count == 0) return "the recording can not be written: no room";
    written += static_cast<std::uint64_t>(count);
  }
  return {};
}

void put(std::span<std::byte> bytes, std::size_t at, std::size_t count, std::uint32_t value) {
  for (std::size_t i = 0; i < count; ++i) bytes[at + i] = static_cast<std::byte>(value >> 8 * i & 0xff);
}

}  // namespace

std::array<std::byte, wav_header_size> wav_header(const WavFormat& format, std::uint32_t sound_bytes) {
  std::array<std::byte, wav_header_size> header{};
  const auto text = [&](std::size_t at, const char* word) { std::memcpy(header.data() + at, word, 4); };
  const std::uint32_t frame = format.channels * 2;
  text(0, "RIFF");
  put(header, 4, 4, sound_bytes + 36);
  text(8, "WAVE");
  text(12, "fmt ");
  put(header, 16, 4, 16);
  put(header, 20, 2, 1);  // PCM
  put(header, 22, 2, format.channels);
  put(header, 24, 4, format.sample_rate);
  put(header, 28, 4, format.sample_rate * frame);
  put(header, 32, 2, frame);
  put(header, 34, 2, 16);
  text(36, "data");
  put(header, 40, 4, sound_bytes);
  return header;
}

WavFile::Failure WavFile::append(std::span<const Sample> sound) {
  if (sound.empty()) return {};
  const auto bytes = std::as_bytes(sound);
  if (bytes_ + bytes.size() > most_bytes) return "the recording has the greatest size of a WAV file";
  std::uint64_t written = 0;
  const auto failure = write_at(file_.number(), bytes, wav_header_size + bytes_, written);
  bytes_ += written;
  return failure;
}

WavFile::Failure WavFile::write_sizes() {
  std::uint64_t written = 0;
  return write_at(file_.number(), wav_header(format_, static_cast<std::uint32_t>(bytes_)), 0, written);
}

void WavFile::cut_to_whole_frames() {
  bytes_ -= bytes_ % (2 * format_.channels);
  [[maybe_unused]] const int cut = ::ftruncate(file_.number(), static_cast<off_t>(wav_header_size + bytes_));
  write_sizes();
}

}  // namespace media
