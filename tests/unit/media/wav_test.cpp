// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/resource.h>
#include <sys/wait.h>

#include <cstring>
#include <random>

#include <boost/test/unit_test.hpp>

#include "base/error.h"
#include "media/wav_file.h"
#include "media/wav_reader.h"
#include "tests/unit/media/bytes_of.h"
#include "tests/unit/media/engine_fixture.h"
#include "tests/unit/media/sound_check.h"

using engine_test::MemoryFile;

namespace {

std::vector<std::byte> wav_of(const media::WavFormat& format, std::span<const media::Sample> sound) {
  const auto header = media::wav_header(format, static_cast<std::uint32_t>(sound.size_bytes()));
  std::vector<std::byte> bytes(header.size() + sound.size_bytes());
  std::memcpy(bytes.data(), header.data(), header.size());
  std::memcpy(bytes.data() + header.size(), sound.data(), sound.size_bytes());
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wav)

BOOST_AUTO_TEST_CASE(the_header_is_the_plain_one) {
  const auto header = media::wav_header({.channels = 2, .sample_rate = 16000}, 0x01020304);
  BOOST_TEST((std::vector(header.begin(), header.end()) ==
              bytes_of("52494646 28030201 57415645 666d7420 10000000 0100 0200 803e0000 00fa0000 0400 1000"
                       "64617461 04030201")));
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back) {
  const auto tone = sound_check::tone(440, 16000, 1600);
  MemoryFile file;
  media::WavFile wav(media::Descriptor(file.give()), {.channels = 1, .sample_rate = 16000});
  BOOST_TEST(!wav.append(tone).has_value());
  BOOST_TEST(!wav.write_sizes().has_value());
  // Sound after the last sizes is lost to a reader, as after a crash, and nothing else is.
  BOOST_TEST(!wav.append(tone).has_value());
  auto read = media::parse_wav(file.bytes());
  BOOST_TEST(read.sample_rate == 16000u);
  BOOST_TEST((read.sound == tone));
  wav.write_sizes();
  BOOST_TEST(media::parse_wav(file.bytes()).sound.size() == 3200u);
}

BOOST_AUTO_TEST_CASE(a_file_at_its_limit_stays_valid) {
  // In a process of its own: the limit is of a process.
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{10001, 10001};
    char name[] = "/tmp/media_test_XXXXXX";
    const int file = ::mkstemp(name);
    ::unlink(name);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    media::WavFile wav(media::Descriptor(::dup(file)), {.channels = 2, .sample_rate = 8000});
    const std::vector<media::Sample> sound(4000);
    bool good = !wav.append(sound) && wav.append(sound).has_value();
    wav.cut_to_whole_frames();
    std::vector<std::byte> bytes(20000);
    bytes.resize(static_cast<std::size_t>(::pread(file, bytes.data(), bytes.size(), 0)));
    std::uint32_t size = 0;
    std::memcpy(&size, &bytes[40], 4);
    good = good && bytes.size() == 44 + size && size % 4 == 0 && size > 9900;
    _exit(good ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_TEST(status == 0);
}

struct Case {
  const char* what;
  const char* hex;
  int samples;  // -1: refused
};

#define RIFF "52494646 00000000 57415645 "
#define MONO "666d7420 10000000 0100 0100 401f0000 803e0000 0200 1000 "

constexpr std::array cases{
    Case{"nothing", "", -1},
    Case{"no RIFF", "52494658 00000000 57415645 " MONO "64617461 02000000 0100", -1},
    Case{"two samples", RIFF MONO "64617461 04000000 0100 0200", 2},
    Case{"a length past the end", RIFF MONO "64617461 ffffffff 0100 0200", 2},
    Case{"half a sample at the end", RIFF MONO "64617461 03000000 0100 02", 1},
    Case{"no samples", RIFF MONO "64617461 00000000", -1},
    Case{"no sound", RIFF MONO, -1},
    Case{"sound before its format", RIFF "64617461 04000000 0100 0200 " MONO, -1},
    Case{"another chunk of odd length between", RIFF MONO "4c495354 03000000 41414100 64617461 02000000 0100", 1},
    Case{"another chunk that lies", RIFF MONO "4c495354 ffffffff 41414100 64617461 02000000 0100", -1},
    Case{"format cut short", RIFF "666d7420 04000000 0100 0100 64617461 02000000 0100", -1},
    Case{"float", RIFF "666d7420 10000000 0300 0100 401f0000 803e0000 0200 1000 64617461 02000000 0100", -1},
    Case{"8 bits", RIFF "666d7420 10000000 0100 0100 401f0000 803e0000 0200 0800 64617461 02000000 0100", -1},
    Case{"no channel", RIFF "666d7420 10000000 0100 0000 401f0000 803e0000 0200 1000 64617461 02000000 0100", -1},
    Case{"3 channels", RIFF "666d7420 10000000 0100 0300 401f0000 803e0000 0200 1000 64617461 02000000 0100", -1},
    Case{"0 Hz", RIFF "666d7420 10000000 0100 0100 00000000 803e0000 0200 1000 64617461 02000000 0100", -1},
    Case{"4 GHz", RIFF "666d7420 10000000 0100 0100 ffffffff 803e0000 0200 1000 64617461 02000000 0100", -1},
    Case{"stereo", RIFF "666d7420 10000000 0100 0200 401f0000 803e0000 0200 1000 64617461 04000000 0100 0300", 1},
};

BOOST_AUTO_TEST_CASE(only_what_is_understood_is_read) {
  for (const Case& row : cases) {
    const auto bytes = bytes_of(row.hex);
    int samples = -1;
    try {
      samples = static_cast<int>(media::parse_wav(bytes).sound.size());
    } catch (const base::Error& error) {
      BOOST_TEST((error.code() == base::Errc::file_failure));
    }
    BOOST_TEST(samples == row.samples, row.what);
  }
}

BOOST_AUTO_TEST_CASE(every_truncation_and_flipped_byte_is_refused_or_read) {
  const auto whole = wav_of({.channels = 2, .sample_rate = 44100}, sound_check::tone(440, 44100, 20));
  const auto read = [](std::vector<std::byte> bytes) {
    try {
      media::parse_wav(bytes);
    } catch (const base::Error&) {
      // Refusing is as good.
    }
  };
  for (std::size_t size = 0; size < whole.size(); ++size)
    read({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
  for (std::size_t at = 0; at < media::wav_header_size; ++at)
    for (int value = 0; value < 256; ++value) {
      auto changed = whole;
      changed[at] = static_cast<std::byte>(value);
      read(changed);
    }
}

BOOST_AUTO_TEST_CASE(a_file_of_another_rate_keeps_its_pitch) {
  char name[] = "/tmp/media_test_XXXXXX";
  const media::Descriptor file(::mkstemp(name));
  const auto bytes = wav_of({.channels = 1, .sample_rate = 44100}, sound_check::tone(440, 44100, 44100));
  BOOST_TEST(::write(file.number(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  const auto sound = media::read_wav(name, 16000);
  ::unlink(name);
  BOOST_TEST(std::abs(static_cast<int>(sound.size()) - 16000) < 100);
  BOOST_TEST(sound_check::share_of_tone(std::span(sound).subspan(1000, 8000), 440, 16000) > 0.99);
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file_is_refused_at_once) {
  for (const char* path : {"/dev/zero", "/tmp", "/nonexistent.wav", "/proc/self/mem"})
    BOOST_CHECK_THROW(media::read_wav(path, 8000), base::Error);
}

BOOST_AUTO_TEST_SUITE_END()
