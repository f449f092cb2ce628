// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "media/sound.h"

namespace media {

// What RFC 3550 counts of the packets of one synchronization source (A.1, A.3, A.8).
class Reception {
 public:
  enum class Kind { fresh, duplicate };

  explicit Reception(unsigned clock_rate) : clock_rate_(clock_rate) {}

  Kind add(std::uint16_t sequence, std::uint32_t timestamp, Time arrival);

  // Since the first packet; duplicates do not hide losses.
  std::uint64_t lost() const;
  Time jitter() const;
  std::uint32_t highest_sequence() const { return static_cast<std::uint32_t>(highest_); }
  bool any() const { return received_ > 0; }

  // Of what was expected since the last call, in 1/256.
  std::uint8_t take_fraction_lost();

 private:
  unsigned clock_rate_;
  std::uint64_t received_ = 0;  // without duplicates, of all runs
  std::uint64_t earlier_ = 0;   // expected in the runs before the sequence was reset
  std::uint64_t first_ = 0;     // extended sequence numbers
  std::uint64_t highest_ = 0;
  std::uint64_t seen_ = 0;  // bit n: highest_ - n came
  std::uint64_t expected_then_ = 0, received_then_ = 0;
  std::uint32_t resume_at_ = 0x10000;  // the sequence that would prove a reset
  std::uint32_t timestamp_ = 0;
  Time arrival_{};
  double jitter_ = 0;  // in units of the clock
};

}  // namespace media
