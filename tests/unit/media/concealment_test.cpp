// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/concealment.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/media/sound_check.h"

using media::Concealment;
using media::Sample;

namespace {

int largest_step(std::span<const Sample> sound) {
  int largest = 0;
  for (std::size_t i = 1; i < sound.size(); ++i) largest = std::max(largest, std::abs(sound[i] - sound[i - 1]));
  return largest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(concealment)

const std::vector<unsigned> rates{8000, 16000, 48000};

BOOST_DATA_TEST_CASE(a_lost_frame_of_a_tone_is_hardly_heard, boost::unit_test::data::make(rates), rate) {
  const std::size_t frame = rate / 50;
  for (const double frequency : {120.0, 210.0, 333.0, 440.0}) {
    const auto whole = sound_check::tone(frequency, rate, 20 * frame);
    auto sound = whole;
    Concealment concealment(rate);
    for (std::size_t i = 0; i < 20; ++i) {
      const auto piece = std::span(sound).subspan(i * frame, frame);
      if (i == 12)
        concealment.conceal(piece);
      else
        concealment.good(piece);
    }
    // The error in the frame lost, against the power of the tone.
    double error = 0;
    for (std::size_t i = 12 * frame; i < 13 * frame; ++i) error += std::pow(double(sound[i]) - whole[i], 2);
    const double ratio = error / static_cast<double>(frame) / sound_check::power(whole);
    BOOST_TEST(ratio < 0.15, frequency << " Hz: " << ratio);
    BOOST_TEST(largest_step(sound) < 1.5 * largest_step(whole));
  }
}

BOOST_AUTO_TEST_CASE(a_long_loss_fades_to_silence) {
  Concealment concealment(8000);
  auto sound = sound_check::tone(440, 8000, 800);
  concealment.good(sound);
  std::vector<Sample> frame(160);
  double last = sound_check::power(sound);
  for (int i = 0; i < 4; ++i) {
    concealment.conceal(frame);
    BOOST_TEST(sound_check::power(frame) <= last * 1.05);
    last = sound_check::power(frame);
  }
  BOOST_TEST(last == 0);
}

BOOST_AUTO_TEST_CASE(silence_stays_silence) {
  Concealment concealment(8000);
  std::vector<Sample> frame(160, Sample{0});
  concealment.conceal(frame);
  BOOST_TEST(sound_check::power(frame) == 0);
}

BOOST_AUTO_TEST_CASE(what_was_cut_out_joins_without_a_step) {
  const auto whole = sound_check::tone(300, 8000, 1600);
  auto sound = whole;
  Concealment concealment(8000);
  concealment.good(std::span(sound).first(800));
  concealment.cut();
  // 13 ms of the tone are gone: a third of its period off.
  auto after = std::vector(whole.begin() + 908, whole.end());
  concealment.good(after);
  std::copy(after.begin(), after.end(), sound.begin() + 800);
  BOOST_TEST(largest_step(std::span(sound).first(1400)) < 1.5 * largest_step(whole));
}

BOOST_AUTO_TEST_CASE(odd_lengths_and_full_scale_are_safe) {
  Concealment concealment(16000);
  for (std::size_t length = 0; length < 2500; length += 7) {
    std::vector<Sample> frame(length, length % 2 ? Sample{32767} : Sample{-32768});
    concealment.good(frame);
    concealment.conceal(frame);
  }
}

BOOST_AUTO_TEST_SUITE_END()
