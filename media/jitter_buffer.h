// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "media/bytes.h"
#include "media/sound.h"

namespace media {

// Packets in with their times of arrival, what to play out at ticks. The depth follows the lateness of the last
// seconds: a packet waits one to two ticks, and as long as the third latest of the last 128 was late. Pure: the caller
// tells the time. Bounded: 64 packets, at most 1.5 KB each.
class JitterBuffer {
 public:
  enum class Put { kept, late, restarted, refused };

  // What the caller does next. For packet: decode and say how long it was by played(). For skipped: decode, do not
  // play, and go on to the next. For missing: conceal `units`; `following` is the packet after the missing one, if it
  // is there (for FEC). For silence: play silence.
  enum class Kind { packet, skipped, missing, silence };
  struct Item {
    Kind kind = Kind::silence;
    Bytes payload{};          // of packet and skipped; valid until the next call
    std::uint32_t units = 0;  // of missing
    Bytes following{};
  };

  explicit JitterBuffer(unsigned clock_rate);

  Put put(std::uint16_t sequence, std::uint32_t timestamp, Bytes payload, Time arrival);
  // A packet of the same sequence that carries no sound: a digit. It is no loss.
  void pass(std::uint16_t sequence);
  Item take(Time now);
  // The decoded length of the packet just taken, in units of the clock.
  void played(std::uint32_t units);
  // Another source: all is forgotten but the depth.
  void restart();

  // How long a packet that comes in time now waits.
  Time depth() const { return depth_; }
  Time target() const { return target_; }

 private:
  static constexpr std::size_t slots = 64;
  struct Slot {
    enum class Content { none, sound, other } content = Content::none;
    std::uint16_t sequence = 0;
    std::int64_t timestamp = 0;
    std::vector<std::byte> payload;
  };

  // Where in time a timestamp is, and what is known of lateness.
  struct Lateness {
    std::array<Time, 128> transits{};
    std::size_t count = 0;
    Time earliest{};
    void add(Time transit);
    Time late() const;  // the third latest against the earliest
  };

  bool fits(std::uint16_t sequence, Time transit) const;
  Slot* first();
  Time time_of(std::int64_t timestamp) const;
  Item play(Slot& slot, Kind kind);
  Item across_gap(Slot& head);
  Item starve();

  unsigned clock_rate_;
  std::uint32_t tick_units_;
  std::array<Slot, slots> packets_;
  std::size_t count_ = 0;
  Lateness lateness_;
  Time target_;
  Time depth_{};
  // drained: the sound ended, its clock is still known.
  enum class State { empty, drained, filling, playing } state_ = State::empty;
  std::uint16_t next_sequence_ = 0;
  std::int64_t next_timestamp_ = 0;  // extended
  std::int64_t last_timestamp_ = 0;  // of the last packet put, extended
  std::uint32_t wire_timestamp_ = 0;
  std::int32_t resume_at_ = -1;  // the sequence that would prove a jump
  std::uint32_t packet_units_;   // length of the last packet played
  bool paused_ = false;          // the packet before the next was no sound
  unsigned starved_ = 0;         // ticks without any packet
  unsigned steady_ = 0;          // ticks since the depth was last changed
};

}  // namespace media
