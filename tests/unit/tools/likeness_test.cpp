// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/likeness.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numbers>
#include <random>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace likeness;

namespace {

constexpr unsigned rate = 16000;
constexpr double note_seconds = 0.25;

// Notes in semitones from A4, each with an overtone; the phase is where each note begins.
Sound tune(std::initializer_list<int> notes, double phase = 0) {
  Sound sound{rate, {}};
  for (const int note : notes) {
    const double step = 2 * std::numbers::pi * 440 * std::exp2(note / 12.0) / rate;
    for (unsigned i = 0; i < note_seconds * rate; ++i)
      sound.samples.push_back(
          static_cast<float>(0.3 * std::sin(step * i + phase) + 0.1 * std::sin(2 * step * i + 2 * phase)));
  }
  return sound;
}

const auto melody = tune({5, -2, 0, 2, 3, 5, 7, 10, 9, 14, -4, 1});
const auto other = tune({-5, 12, 4, 4, -7, 8, -1, 11, 6, -9, 3, 16});

// From the offset on, around the end if it must be.
Sound part(const Sound& sound, double from, double seconds) {
  Sound part{sound.rate, {}};
  const auto first = static_cast<std::size_t>(from * sound.rate);
  for (std::size_t i = 0; i < static_cast<std::size_t>(seconds * sound.rate); ++i)
    part.samples.push_back(sound.samples[(first + i) % sound.samples.size()]);
  return part;
}

Sound noise(double amplitude, double seconds) {
  std::minstd_rand random(1);
  std::uniform_real_distribution<double> values(-amplitude, amplitude);
  Sound sound{rate, {}};
  for (unsigned i = 0; i < seconds * rate; ++i) sound.samples.push_back(static_cast<float>(values(random)));
  return sound;
}

std::vector<std::byte> wav(std::initializer_list<std::uint32_t> format, const std::string& before_data,
                           std::initializer_list<int> samples) {
  std::string file = "RIFF____WAVEfmt ";
  const auto put = [&file](std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) file += static_cast<char>(value >> (8 * i));
  };
  put(16, 4);
  const std::uint32_t* field = format.begin();
  for (const int size : {2, 2, 4, 4, 2, 2}) put(*field++, size);
  file += before_data + "data";
  put(static_cast<std::uint32_t>(2 * samples.size()), 4);
  for (const int sample : samples) put(static_cast<std::uint32_t>(sample), 2);
  const auto bytes = std::as_bytes(std::span(file));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(likeness_of_sounds)

BOOST_AUTO_TEST_CASE(a_part_is_found_where_it_was_taken) {
  for (const double from : {0.0, 0.5, 1.37, 2.6}) {
    const Likeness found = likeness_of(melody, part(melody, from, 1.5));
    BOOST_TEST_CONTEXT("from " << from) {
      BOOST_TEST(found.value > 0.95);
      BOOST_TEST(std::abs(found.offset - from) < 0.015);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_recording_may_be_longer_than_what_is_played_again_and_again) {
  BOOST_TEST(likeness_of(melody, part(melody, 1, 7)).value > 0.95);
}

BOOST_AUTO_TEST_CASE(other_phases_and_levels_are_the_same_sound) {
  Sound changed = tune({5, -2, 0, 2, 3, 5, 7, 10, 9, 14, -4, 1}, 1.1);
  for (float& sample : changed.samples) sample *= 0.1F;
  BOOST_TEST(likeness_of(melody, changed).value > 0.95);
}

BOOST_AUTO_TEST_CASE(another_sample_rate_is_the_same_sound) {
  Sound slow{8000, {}};
  for (std::size_t i = 0; i < melody.samples.size(); i += 2) slow.samples.push_back(melody.samples[i]);
  BOOST_TEST(likeness_of(melody, slow).value > 0.9);
}

BOOST_AUTO_TEST_CASE(a_short_gap_and_a_little_noise_are_forgiven) {
  Sound bad = part(melody, 0.4, 3);
  const Sound hiss = noise(0.01, 3);
  for (std::size_t i = 0; i < bad.samples.size(); ++i) bad.samples[i] += hiss.samples[i];
  std::fill_n(bad.samples.begin() + rate, rate / 5, 0.0F);
  BOOST_TEST(likeness_of(melody, bad).value > 0.8);
}

BOOST_AUTO_TEST_CASE(a_slip_of_a_jitter_buffer_is_forgiven) {
  Sound slipped = part(melody, 0.2, 1.3);
  const Sound rest = part(melody, 1.62, 3);
  slipped.samples.insert(slipped.samples.end(), rest.samples.begin(), rest.samples.end());
  BOOST_TEST(likeness_of(melody, slipped).value > 0.9);
}

BOOST_AUTO_TEST_CASE(other_sounds_are_not_like_it) {
  Sound backwards = melody;
  std::reverse(backwards.samples.begin(), backwards.samples.end());
  BOOST_TEST(likeness_of(melody, other).value < 0.5);
  BOOST_TEST(likeness_of(melody, noise(0.3, 3)).value < 0.3);
  BOOST_TEST(likeness_of(melody, tune({0, 0, 0, 0, 0, 0, 0, 0})).value < 0.5);
  BOOST_TEST(likeness_of(melody, backwards).value < 0.7);
}

BOOST_AUTO_TEST_CASE(silence_and_nothing_are_like_nothing) {
  BOOST_TEST(likeness_of(melody, Sound{rate, std::vector<float>(rate)}).value == 0);
  BOOST_TEST(likeness_of(melody, Sound{rate, {}}).value == 0);
  BOOST_TEST(likeness_of(Sound(), melody).value == 0);
}

BOOST_AUTO_TEST_CASE(half_of_the_time_in_another_tune_is_not_like_it) {
  Sound half = melody;
  std::copy_n(other.samples.begin(), melody.samples.size() / 2, half.samples.begin());
  BOOST_TEST(likeness_of(melody, half).value < 0.8);
}

BOOST_AUTO_TEST_CASE(levels_are_in_decibels_of_full_scale) {
  BOOST_TEST(level_of({rate, {1, -1, 1, -1}}) == 0, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(level_of({rate, {0.1F, -0.1F}}) == -20, boost::test_tools::tolerance(1e-4));
  BOOST_TEST(level_of({rate, {0, 0}}) == -120);
  BOOST_TEST(level_of({rate, {}}) == -120);
}

BOOST_AUTO_TEST_CASE(a_wav_file_is_read) {
  const auto sound = parse_wav(wav({1, 1, 8000, 16000, 2, 16}, "", {0, 16384, -32768}));
  BOOST_REQUIRE(sound.has_value());
  BOOST_TEST(sound->rate == 8000);
  BOOST_TEST(sound->samples == (std::vector<float>{0, 0.5F, -1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(channels_are_made_one_and_other_chunks_passed_over) {
  const auto sound =
      parse_wav(wav({1, 2, 8000, 32000, 4, 16}, std::string("LIST\3\0\0\0abc\0", 12), {16384, 0, 16384, -16384}));
  BOOST_REQUIRE(sound.has_value());
  BOOST_TEST(sound->samples == (std::vector<float>{0.25F, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_no_wav_file_of_16_bit_pcm_is_nothing) {
  const auto good = wav({1, 1, 8000, 16000, 2, 16}, "", {1, 2, 3});
  BOOST_TEST(!parse_wav({}).has_value());
  BOOST_TEST(!parse_wav(wav({3, 1, 8000, 32000, 4, 32}, "", {1, 2})).has_value());
  BOOST_TEST(!parse_wav(wav({1, 0, 8000, 16000, 2, 16}, "", {1})).has_value());
  BOOST_TEST(!parse_wav(wav({1, 1, 0, 0, 2, 16}, "", {1})).has_value());
  // A file that was cut off is read as far as it goes, or not at all.
  for (std::size_t size = 0; size < good.size(); ++size) parse_wav(std::span(good).first(size));
}

BOOST_AUTO_TEST_SUITE_END()
