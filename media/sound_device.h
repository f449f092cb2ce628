// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "media/sound.h"

namespace media {

// What the tick hears: one frame at a time, at the engine's rate. It never waits.
class SoundSource {
 public:
  virtual ~SoundSource() = default;
  virtual void read(std::span<Sample> frame) = 0;
};

// What the tick speaks into.
class SoundSink {
 public:
  virtual ~SoundSink() = default;
  virtual void write(std::span<const Sample> frame) = 0;
};

// A steady tone, a third of full scale.
class ToneSource : public SoundSource {
 public:
  ToneSource(double frequency, unsigned rate);
  void read(std::span<Sample> frame) override;

 private:
  double step_;
  double phase_ = 0;
};

// Sound in memory, again and again.
class LoopSource : public SoundSource {
 public:
  explicit LoopSource(std::vector<Sample> sound) : sound_(std::move(sound)) {}
  void read(std::span<Sample> frame) override;

 private:
  std::vector<Sample> sound_;
  std::size_t at_ = 0;
};

}  // namespace media
