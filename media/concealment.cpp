// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/concealment.h"

#include <cmath>

namespace media {
namespace {

std::size_t samples(unsigned rate, double milliseconds) { return static_cast<std::size_t>(rate * milliseconds / 1000); }

// Likeness of the last `length` samples with those `lag` before them, seen at each `stride`th sample.
double likeness(std::span<const Sample> past, std::size_t lag, std::size_t length, std::size_t stride) {
  double product = 0;
  double energy = 1;
  for (std::size_t i = past.size() - length; i < past.size(); i += stride) {
    const double before = past[i - lag];
    product += past[i] * before;
    energy += before * before;
  }
  return product / std::sqrt(energy);
}

}  // namespace

Concealment::Concealment(unsigned sample_rate) : rate_(sample_rate), past_(samples(sample_rate, 45)) {
  period_.reserve(samples(sample_rate, 16));
}

void Concealment::find_pitch() {
  const std::size_t shortest = samples(rate_, 2.5);
  const std::size_t longest = samples(rate_, 15);
  const std::size_t length = samples(rate_, 20);
  // Coarse as at 8 kHz first, then each lag around the best.
  const std::size_t stride = std::max(1u, rate_ / 8000);
  std::size_t best = longest;
  double best_likeness = 0;
  const auto search = [&](std::size_t from, std::size_t to, std::size_t step) {
    for (std::size_t lag = from; lag <= to; lag += step) {
      const double found = likeness(past_, lag, length, stride);
      if (found > best_likeness) best_likeness = found, best = lag;
    }
  };
  search(shortest, longest, stride);
  if (stride > 1) search(std::max(shortest, best - stride), std::min(longest, best + stride), 1);

  period_.assign(past_.end() - static_cast<int>(best), past_.end());
  // The end of the period is blended into what came before its begin, so that it repeats without a step.
  const std::size_t blend = best / 4;
  const std::size_t before = past_.size() - 2 * best;
  for (std::size_t i = best - blend; i < best; ++i) {
    const float weight = static_cast<float>(i - (best - blend) + 1) / static_cast<float>(blend + 1);
    period_[i] = static_cast<Sample>((1 - weight) * period_[i] + weight * past_[before + i]);
  }
  step_ = static_cast<float>(2 * past_.back() - past_[past_.size() - 2] - period_.front());
  at_ = filled_ = 0;
}

Sample Concealment::next() {
  const auto fade_begin = samples(rate_, 10);
  const auto fade_end = samples(rate_, 60);
  const auto join = samples(rate_, 1);
  float value = period_[at_];
  at_ = (at_ + 1) % period_.size();
  if (filled_ < join) value += step_ * (1 - static_cast<float>(filled_) / static_cast<float>(join));
  if (filled_ >= fade_end)
    value = 0;
  else if (filled_ > fade_begin)
    value *= static_cast<float>(fade_end - filled_) / static_cast<float>(fade_end - fade_begin);
  ++filled_;
  return saturate(static_cast<int>(value));
}

void Concealment::remember(std::span<const Sample> frame) {
  if (frame.size() >= past_.size()) {
    std::copy(frame.end() - static_cast<int>(past_.size()), frame.end(), past_.begin());
    return;
  }
  std::move(past_.begin() + static_cast<int>(frame.size()), past_.end(), past_.begin());
  std::copy(frame.begin(), frame.end(), past_.end() - static_cast<int>(frame.size()));
}

void Concealment::good(std::span<Sample> frame) {
  if (cut_ && !concealing_) find_pitch();
  if (cut_ || concealing_) {
    const std::size_t blend = std::min(frame.size(), samples(rate_, 4));
    for (std::size_t i = 0; i < blend; ++i) {
      const float weight = static_cast<float>(i + 1) / static_cast<float>(blend + 1);
      frame[i] = static_cast<Sample>((1 - weight) * next() + weight * frame[i]);
    }
  }
  cut_ = concealing_ = false;
  remember(frame);
}

void Concealment::conceal(std::span<Sample> frame) {
  if (!concealing_) find_pitch();
  concealing_ = true;
  for (Sample& sample : frame) sample = next();
  remember(frame);
}

}  // namespace media
