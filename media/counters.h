// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>

#include "media/audio_stream.h"
#include "media/sound.h"

namespace media {

// One number that the media thread writes and any thread reads.
class Counter {
 public:
  // One writer: no locked instruction is needed.
  void add(std::uint64_t count) { set(value() + count); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  void set(Time time) { set(static_cast<std::uint64_t>(std::max(Time{}, time).count())); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// The statistics of one stream while it runs; times in nanoseconds.
struct Counters {
  Counter packets_sent, bytes_sent;
  Counter packets_received, bytes_received, packets_lost, packets_late, packets_dropped;
  Counter frames_concealed;
  Counter jitter, buffer;
  Counter round_trip, remote_jitter, remote_packets_lost;

  AudioStatistics snapshot() const {
    const auto milliseconds = [](const Counter& counter) { return static_cast<double>(counter.value()) / 1e6; };
    return {.packets_sent = packets_sent.value(),
            .bytes_sent = bytes_sent.value(),
            .packets_received = packets_received.value(),
            .bytes_received = bytes_received.value(),
            .packets_lost = packets_lost.value(),
            .packets_late = packets_late.value(),
            .packets_dropped = packets_dropped.value(),
            .frames_concealed = frames_concealed.value(),
            .jitter_ms = milliseconds(jitter),
            .buffer_ms = milliseconds(buffer),
            .round_trip_ms = milliseconds(round_trip),
            .remote_jitter_ms = milliseconds(remote_jitter),
            .remote_packets_lost = remote_packets_lost.value()};
  }
};

}  // namespace media
