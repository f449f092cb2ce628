// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/reception.h"

#include <cmath>

namespace media {
namespace {

// RFC 3550, A.1.
constexpr int max_dropout = 3000;
constexpr int window = 64;

}  // namespace

Reception::Kind Reception::add(std::uint16_t sequence, std::uint32_t timestamp, Time arrival) {
  // The first begins in the second cycle, so that a late one before it does not underflow.
  if (received_ == 0) first_ = highest_ = 0x10000u + sequence, seen_ = 0;
  const int step =
      static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - static_cast<std::uint16_t>(highest_)));
  if (received_ > 0 && (step > max_dropout || step <= -window)) {
    // A jump: believed when the next packet goes on from it.
    if (sequence != resume_at_) {
      resume_at_ = static_cast<std::uint16_t>(sequence + 1);
      return Kind::fresh;
    }
    earlier_ += highest_ - first_ + 1;
    first_ = highest_ = 0x10000u + sequence;
    seen_ = 0;
  } else if (step > 0) {
    highest_ += static_cast<unsigned>(step);
    seen_ = step < window ? seen_ << step : 0;
  } else if (received_ > 0) {
    // It may be from before the first packet, overtaken on its way.
    first_ = std::min(first_, highest_ - static_cast<unsigned>(-step));
  }
  const std::uint64_t own = std::uint64_t{1} << (static_cast<std::uint16_t>(highest_ - sequence) & (window - 1));
  if (seen_ & own) return Kind::duplicate;
  seen_ |= own;
  ++received_;
  if (received_ > 1) {
    // RFC 3550, A.8; a jump of the timestamp is no jitter.
    const double spent = std::chrono::duration<double>(arrival - arrival_).count() * clock_rate_;
    const double difference = std::abs(spent - static_cast<std::int32_t>(timestamp - timestamp_));
    if (difference < clock_rate_) jitter_ += (difference - jitter_) / 16;
  }
  timestamp_ = timestamp;
  arrival_ = arrival;
  return Kind::fresh;
}

std::uint64_t Reception::lost() const {
  if (received_ == 0) return 0;
  const std::uint64_t expected = earlier_ + highest_ - first_ + 1;
  return expected > received_ ? expected - received_ : 0;
}

Time Reception::jitter() const {
  return std::chrono::duration_cast<Time>(std::chrono::duration<double>(jitter_ / clock_rate_));
}

std::uint8_t Reception::take_fraction_lost() {
  const std::uint64_t expected = received_ == 0 ? 0 : earlier_ + highest_ - first_ + 1;
  const std::uint64_t expected_now = expected - expected_then_;
  const std::uint64_t received_now = received_ - received_then_;
  expected_then_ = expected;
  received_then_ = received_;
  if (expected_now == 0 || received_now >= expected_now) return 0;
  return static_cast<std::uint8_t>(std::min<std::uint64_t>(255, (expected_now - received_now) * 256 / expected_now));
}

}  // namespace media
