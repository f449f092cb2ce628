// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/jitter_buffer.h"

#include <functional>

namespace media {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t largest_payload = 1500;
constexpr Time least_target = tick_duration;  // a packet may come just after a tick
constexpr Time greatest_target = milliseconds(500);
constexpr Time target_fall = std::chrono::microseconds(250);  // for each packet: 12 ms in a second, faster from far
constexpr int target_fall_share = 200;
constexpr Time hysteresis = milliseconds(5);
constexpr Time slack = milliseconds(15);
constexpr Time largest_jump = std::chrono::seconds(1);
constexpr unsigned longest_starvation = 5;  // ticks that are concealed
constexpr unsigned ticks_between_changes = 5;

std::int16_t distance(std::uint16_t from, std::uint16_t to) {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(to - from));
}

}  // namespace

void JitterBuffer::Lateness::add(Time transit) {
  transits[count++ % transits.size()] = transit;
  earliest = *std::min_element(transits.begin(), transits.begin() + static_cast<int>(std::min(count, transits.size())));
}

Time JitterBuffer::Lateness::late() const {
  std::array<Time, 3> latest;
  const auto end = transits.begin() + static_cast<int>(std::min(count, transits.size()));
  const auto latest_end = std::partial_sort_copy(transits.begin(), end, latest.begin(), latest.end(), std::greater<>());
  return *(latest_end - 1) - earliest;
}

JitterBuffer::JitterBuffer(unsigned clock_rate)
    : clock_rate_(clock_rate),
      tick_units_(clock_rate / ticks_per_second),
      target_(least_target),
      packet_units_(tick_units_) {}

Time JitterBuffer::time_of(std::int64_t timestamp) const {
  return std::chrono::seconds(timestamp / clock_rate_) + Time(timestamp % clock_rate_ * 1'000'000'000 / clock_rate_);
}

bool JitterBuffer::fits(std::uint16_t sequence, Time transit) const {
  if (transit > lateness_.earliest + largest_jump || transit < lateness_.earliest - largest_jump) return false;
  const int ahead = distance(next_sequence_, sequence);
  return state_ == State::drained || (ahead > -int{slots} && ahead < int{slots});
}

void JitterBuffer::restart() {
  for (Slot& slot : packets_) slot.content = Slot::Content::none;
  count_ = 0;
  lateness_.count = 0;
  state_ = State::empty;
  resume_at_ = -1;
}

JitterBuffer::Put JitterBuffer::put(std::uint16_t sequence, std::uint32_t timestamp, Bytes payload, Time arrival) {
  if (payload.empty() || payload.size() > largest_payload) return Put::refused;
  std::int64_t extended = last_timestamp_ + static_cast<std::int32_t>(timestamp - wire_timestamp_);
  Put result = Put::kept;
  if (state_ != State::empty && !fits(sequence, arrival - time_of(extended))) {
    // Another sequence or another clock is believed when a second packet goes on from the first.
    if (sequence != resume_at_) {
      resume_at_ = static_cast<std::uint16_t>(sequence + 1);
      return Put::refused;
    }
    restart();
    result = Put::restarted;
  }
  // Far from 0, so that a backward step stays positive.
  if (state_ == State::empty) extended = (std::int64_t{1} << 33) + timestamp;
  last_timestamp_ = extended;
  wire_timestamp_ = timestamp;
  lateness_.add(arrival - time_of(extended));
  const Time wanted = std::clamp(least_target + lateness_.late(), least_target, greatest_target);
  target_ = std::max(wanted, target_ - std::max(target_fall, (target_ - wanted) / target_fall_share));

  const bool begins = state_ == State::empty || state_ == State::drained;
  if (begins || (state_ == State::filling && distance(next_sequence_, sequence) < 0)) {
    state_ = State::filling;
    next_sequence_ = sequence;
    next_timestamp_ = extended;
  }
  if (distance(next_sequence_, sequence) < 0) return Put::late;
  Slot& slot = packets_[sequence % slots];
  if (slot.content != Slot::Content::sound) ++count_;
  slot.content = Slot::Content::sound;
  slot.sequence = sequence;
  slot.timestamp = extended;
  slot.payload.assign(payload.begin(), payload.end());
  return result;
}

void JitterBuffer::pass(std::uint16_t sequence) {
  const int ahead = distance(next_sequence_, sequence);
  if (state_ != State::playing || ahead < 0 || ahead >= int{slots}) return;
  Slot& slot = packets_[sequence % slots];
  if (slot.content != Slot::Content::none) return;
  slot.content = Slot::Content::other;
  slot.sequence = sequence;
}

JitterBuffer::Slot* JitterBuffer::first() {
  while (packets_[next_sequence_ % slots].content == Slot::Content::other) {
    packets_[next_sequence_ % slots].content = Slot::Content::none;
    ++next_sequence_;
    paused_ = true;
  }
  if (count_ == 0) return nullptr;
  for (std::size_t i = 0; i < slots; ++i)
    if (Slot& slot = packets_[(next_sequence_ + i) % slots]; slot.content == Slot::Content::sound) return &slot;
  return nullptr;
}

JitterBuffer::Item JitterBuffer::take(Time now) {
  if (state_ == State::empty || state_ == State::drained) return {};
  depth_ = now - lateness_.earliest - time_of(next_timestamp_);
  if (state_ == State::filling) {
    if (depth_ < target_) return {};
    state_ = State::playing;
    starved_ = steady_ = 0;
  }
  ++steady_;
  Slot* const head = first();
  if (!head) return starve();
  const bool may_change = steady_ >= ticks_between_changes;
  if (may_change && depth_ < target_ - hysteresis) {
    // Too shallow: one frame is put in.
    steady_ = 0;
    return {.kind = Kind::missing, .units = tick_units_};
  }
  if (head->sequence != next_sequence_ || head->timestamp > next_timestamp_ + tick_units_ / 2) return across_gap(*head);
  const Time packet = std::max(tick_duration, time_of(packet_units_));
  if (may_change && count_ > 1 && depth_ > target_ + packet + slack) {
    steady_ = 0;
    return play(*head, Kind::skipped);
  }
  return play(*head, Kind::packet);
}

JitterBuffer::Item JitterBuffer::starve() {
  // The sound waits with us: whether packets are lost or late is seen when the next one comes.
  if (++starved_ <= longest_starvation && paused_) return {};
  if (starved_ <= longest_starvation) return {.kind = Kind::missing, .units = tick_units_};
  state_ = State::drained;
  return {};
}

JitterBuffer::Item JitterBuffer::across_gap(Slot& head) {
  const std::int64_t gap = head.timestamp - next_timestamp_;
  const int packets = distance(next_sequence_, head.sequence);
  // What starvation or a backward timestamp already covered is not waited for again.
  if (gap <= 0 || depth_ > target_ + tick_duration + slack) return play(head, Kind::packet);
  if (packets == 0) {
    // The sender paused: nothing is lost.
    next_timestamp_ += std::min<std::int64_t>(gap, tick_units_);
    return {};
  }
  const auto units = static_cast<std::uint32_t>(std::clamp<std::int64_t>(gap / packets, 1, clock_rate_ / 8));
  next_timestamp_ += units;
  ++next_sequence_;
  return {.kind = Kind::missing, .units = units, .following = packets == 1 ? Bytes(head.payload) : Bytes()};
}

JitterBuffer::Item JitterBuffer::play(Slot& slot, Kind kind) {
  slot.content = Slot::Content::none;
  --count_;
  starved_ = 0;
  paused_ = false;
  next_sequence_ = static_cast<std::uint16_t>(slot.sequence + 1);
  next_timestamp_ = slot.timestamp;
  return {.kind = kind, .payload = slot.payload};
}

void JitterBuffer::played(std::uint32_t units) {
  next_timestamp_ += units;
  packet_units_ = units;
}

}  // namespace media
