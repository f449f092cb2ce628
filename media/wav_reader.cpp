// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/wav_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "media/resampler.h"
#include "media/udp_socket.h"

namespace media {
namespace {

constexpr std::size_t largest_file = 64u << 20;

[[noreturn]] void refuse(const std::string& sentence) { throw base::Error(base::Errc::file_failure, sentence); }

// RIFF is little-endian.
unsigned read_u16_le(Bytes bytes, std::size_t at) { return read_u8(bytes, at) | read_u8(bytes, at + 1) << 8; }

std::uint32_t read_u32_le(Bytes bytes, std::size_t at) {
  return read_u16_le(bytes, at) | std::uint32_t{read_u16_le(bytes, at + 2)} << 16;
}

bool has_text(Bytes bytes, std::size_t at, std::string_view text) {
  return bytes.size() >= at + text.size() && std::memcmp(bytes.data() + at, text.data(), text.size()) == 0;
}

struct Format {
  unsigned channels;
  unsigned sample_rate;
};

Format read_format(Bytes chunk) {
  constexpr unsigned pcm = 1, extensible = 0xfffe;
  if (chunk.size() < 16) refuse("its format is cut short");
  const unsigned tag = read_u16_le(chunk, 0);
  const Format format{read_u16_le(chunk, 2), read_u32_le(chunk, 4)};
  // The first two bytes of the extensible format's GUID are the tag.
  const bool is_pcm = tag == pcm || (tag == extensible && chunk.size() >= 40 && read_u16_le(chunk, 24) == pcm);
  if (!is_pcm || read_u16_le(chunk, 14) != 16) refuse("it is not PCM of 16 bits");
  if (format.channels != 1 && format.channels != 2) refuse("it has neither one nor two channels");
  if (format.sample_rate < 1 || format.sample_rate > 192000) refuse("its sample rate is not 1 to 192000 Hz");
  return format;
}

std::vector<Sample> read_sound(Bytes chunk, unsigned channels) {
  std::vector<Sample> sound(chunk.size() / (2 * channels));
  const auto at = [&](std::size_t i) { return static_cast<Sample>(read_u16_le(chunk, 2 * i)); };
  for (std::size_t i = 0; i < sound.size(); ++i)
    sound[i] = channels == 1 ? at(i) : static_cast<Sample>((at(2 * i) + at(2 * i + 1)) / 2);
  return sound;
}

std::vector<std::byte> bytes_of(const std::string& path) {
  // Not blocking: a pipe in place of the file must not hold us.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file.valid() || fstat(file.number(), &status) != 0) refuse(std::strerror(errno));
  if (!S_ISREG(status.st_mode)) refuse("it is not a regular file");
  if (status.st_size > static_cast<off_t>(largest_file)) refuse("it is larger than 64 MB");
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  std::size_t have = 0;
  while (have < bytes.size()) {
    const auto count = ::read(file.number(), bytes.data() + have, bytes.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse(std::strerror(errno));
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  bytes.resize(have);
  return bytes;
}

}  // namespace

WavSound parse_wav(Bytes file) {
  if (!has_text(file, 0, "RIFF") || !has_text(file, 8, "WAVE")) refuse("it is no WAV file");
  std::optional<Format> format;
  Bytes rest = file.subspan(12);
  while (rest.size() >= 8) {
    // A length past the end is taken as the end: recorders that died leave such.
    const std::size_t size = std::min<std::size_t>(read_u32_le(rest, 4), rest.size() - 8);
    const Bytes chunk = rest.subspan(8, size);
    if (has_text(rest, 0, "fmt ")) format = read_format(chunk);
    if (has_text(rest, 0, "data")) {
      if (!format) refuse("its sound comes before its format");
      WavSound result{format->sample_rate, read_sound(chunk, format->channels)};
      if (result.sound.empty()) refuse("it holds no sound");
      return result;
    }
    // Chunks begin at even places.
    rest = rest.subspan(std::min(rest.size(), 8 + size + size % 2));
  }
  refuse("it holds no sound");
}

std::vector<Sample> read_wav(const std::string& path, unsigned sample_rate) {
  try {
    WavSound wav = parse_wav(bytes_of(path));
    if (wav.sample_rate == sample_rate) return std::move(wav.sound);
    Resampler resampler(wav.sample_rate, sample_rate);
    std::vector<Sample> sound;
    resampler.push(wav.sound, sound);
    if (sound.empty()) refuse("it holds no sound");
    return sound;
  } catch (const base::Error& error) {
    refuse("sound file " + path + " can not be used: " + error.what());
  }
}

}  // namespace media
