// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include "media/sound.h"

namespace media {

// Fills lost sound with the last pitch period, repeated and faded to silence, and blends the next good frame in; the
// idea is that of ITU-T G.711 Appendix I. Pure, for any sample rate.
class Concealment {
 public:
  explicit Concealment(unsigned sample_rate);

  // A frame that came: its begin is blended if sound was lost or cut out before.
  void good(std::span<Sample> frame);
  // A frame that did not come: written here.
  void conceal(std::span<Sample> frame);
  // What comes next does not join what was before: frames were taken out.
  void cut() { cut_ = true; }

 private:
  void find_pitch();
  Sample next();
  void remember(std::span<const Sample> frame);

  unsigned rate_;
  std::vector<Sample> past_;    // the last 45 ms, oldest first
  std::vector<Sample> period_;  // what is repeated
  std::size_t at_ = 0;          // in the period
  std::size_t filled_ = 0;      // samples written since sound was lost
  float step_ = 0;              // from the last good sample to the first of the period
  bool concealing_ = false;
  bool cut_ = false;
};

}  // namespace media
