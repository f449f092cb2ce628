// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/dtmf.h"

#include <string_view>

namespace media {
namespace {

constexpr std::string_view digits = "0123456789*#ABCD";

}  // namespace

std::optional<TelephoneEvent> parse_telephone_event(Bytes payload) {
  if (payload.size() < telephone_event_size) return {};
  const unsigned flags = read_u8(payload, 1);
  return TelephoneEvent{.event = read_u8(payload, 0),
                        .end = (flags & 0x80) != 0,
                        .volume = static_cast<std::uint8_t>(flags & 0x3f),
                        .duration = read_u16(payload, 2)};
}

void write_telephone_event(const TelephoneEvent& event, std::span<std::byte, telephone_event_size> payload) {
  write_u8(payload, 0, event.event);
  write_u8(payload, 1, (event.end ? 0x80u : 0u) | (event.volume & 0x3fu));
  write_u16(payload, 2, event.duration);
}

std::optional<std::uint8_t> event_of_digit(char digit) {
  if (digit >= 'a' && digit <= 'd') digit = static_cast<char>(digit - 'a' + 'A');
  const auto at = digits.find(digit);
  if (at == std::string_view::npos) return {};
  return static_cast<std::uint8_t>(at);
}

std::optional<char> digit_of_event(std::uint8_t event) {
  if (event >= digits.size()) return {};
  return digits[event];
}

void DtmfSender::send(char digit) {
  if (const auto event = event_of_digit(digit)) queue_.push_back(*event);
}

void DtmfSender::clear() {
  queue_.clear();
  tick_ = 0;
}

std::optional<DtmfSender::Packet> DtmfSender::tick(std::uint32_t timestamp, std::uint32_t units) {
  if (tick_ == 0) {
    if (queue_.empty()) return {};
    start_ = timestamp;
  }
  ++tick_;
  const unsigned ticks = std::min(tick_, tone_ticks);
  const std::uint8_t event = queue_.front();
  const bool end = tick_ >= tone_ticks;
  if (tick_ == tone_ticks + gap_ticks) {
    queue_.pop_front();
    tick_ = 0;
    return {};
  }
  if (tick_ >= tone_ticks + end_packets) return {};
  return Packet{.event = {.event = event, .end = end, .duration = static_cast<std::uint16_t>(ticks * units)},
                .marker = tick_ == 1,
                .timestamp = start_};
}

std::optional<char> DtmfReceiver::receive(const TelephoneEvent& event, std::uint32_t timestamp, bool marker,
                                          std::uint32_t clock_rate) {
  if (last_) {
    const auto step = static_cast<std::int32_t>(timestamp - timestamp_);
    const auto second = static_cast<std::int32_t>(clock_rate);
    // A duplicate, or one of an older event that was overtaken; a jump far back is a new clock.
    if (step == 0 || (step < 0 && step > -5 * second)) {
      if (step == 0 && event.event == last_->event) last_ = event;
      return {};
    }
    // RFC 4733, 2.5.1.3: a long event goes on in a new segment without marker. Some senders move the timestamp with
    // each packet. Neither is a new digit: that would begin after the end, or at least a pause, of the one before.
    const bool goes_on =
        !marker && !last_->end && event.event == last_->event && step > 0 && step <= last_->duration + second / 25;
    timestamp_ = timestamp;
    last_ = event;
    if (goes_on) return {};
  }
  timestamp_ = timestamp;
  last_ = event;
  return digit_of_event(event.event);
}

}  // namespace media
