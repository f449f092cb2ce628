// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include <gst/audio/audio.h>

#include "base/handle.h"
#include "media/sound.h"

namespace media {

// Mono sound from one rate to another. Made on a worker, where it is primed: from then on each frame gives a frame.
class Resampler {
 public:
  Resampler(unsigned from, unsigned to);

  // Appends.
  void push(std::span<const Sample> sound, std::vector<Sample>& out);
  // As it was when it was made: nothing is left of the sound before.
  void reset();

 private:
  void prime();

  unsigned from_;
  base::Handle<GstAudioResampler, gst_audio_resampler_free> resampler_;  // none: the rates are equal
};

// Mono sound between two clocks of nearly the same rate: the ratio is turned a little while it runs.
class DriftResampler {
 public:
  DriftResampler();

  // Parts per million by which the input is consumed faster than the output is made, at most 500 either way.
  void turn(int ppm);
  std::size_t input_for(std::size_t output) const;
  std::size_t output_for(std::size_t input) const;
  void convert(std::span<const Sample> in, std::span<Sample> out);

 private:
  base::Handle<GstAudioResampler, gst_audio_resampler_free> resampler_;
  int ppm_ = 0;
};

}  // namespace media
