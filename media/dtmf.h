// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <deque>
#include <optional>

#include "media/bytes.h"

// Digits as telephone-events of RFC 4733. Pure: the leg carries the packets.
namespace media {

struct TelephoneEvent {
  std::uint8_t event = 0;
  bool end = false;
  std::uint8_t volume = 10;  // -dBm0
  std::uint16_t duration = 0;

  bool operator==(const TelephoneEvent&) const = default;
};

inline constexpr std::size_t telephone_event_size = 4;

std::optional<TelephoneEvent> parse_telephone_event(Bytes payload);
void write_telephone_event(const TelephoneEvent& event, std::span<std::byte, telephone_event_size> payload);

// 0-9 * # A-D (a-d); nothing for the rest.
std::optional<std::uint8_t> event_of_digit(char digit);
std::optional<char> digit_of_event(std::uint8_t event);

// Says at each tick what to send instead of sound.
class DtmfSender {
 public:
  struct Packet {
    TelephoneEvent event;
    bool marker;              // the first packet of an event
    std::uint32_t timestamp;  // of the event's start: the same in all its packets
  };

  // Queued behind those not yet sent. The caller bounds the queue.
  void send(char digit);
  bool idle() const { return queue_.empty(); }
  // Forgets what waits; an event under way is cut.
  void clear();
  std::size_t waiting() const { return queue_.size(); }

  // The timestamp is that of the sound this packet replaces; units are those of one tick.
  std::optional<Packet> tick(std::uint32_t timestamp, std::uint32_t units);

  static constexpr unsigned tone_ticks = 8;   // 160 ms
  static constexpr unsigned gap_ticks = 4;    // 80 ms; the last two end packets go out within
  static constexpr unsigned end_packets = 3;  // RFC 4733, 2.5.1.4

 private:
  std::deque<std::uint8_t> queue_;
  unsigned tick_ = 0;  // of the digit under way; 0: none
  std::uint32_t start_ = 0;
};

// Tells each event once, at its first packet that arrives.
class DtmfReceiver {
 public:
  std::optional<char> receive(const TelephoneEvent& event, std::uint32_t timestamp, bool marker,
                              std::uint32_t clock_rate);

 private:
  std::optional<TelephoneEvent> last_;
  std::uint32_t timestamp_ = 0;
};

}  // namespace media
