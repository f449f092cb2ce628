// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <vector>

#include "media/audio_stream.h"
#include "media/coder.h"
#include "media/counters.h"
#include "media/dtmf.h"
#include "media/rtp_packet.h"

namespace media {

// Sound of ticks to RTP packets. It owns sequence number, timestamp and SSRC: they go on through holds, digits and
// changes of codec, and the timestamp advances while nothing is sent. Media thread only.
class RtpSender {
 public:
  // Sends one packet; false if it could not leave.
  using Send = std::function<bool(Bytes)>;

  explicit RtpSender(Counters& counters);

  // The encoder may be the same as before; it lives until the next call.
  void apply(const AudioParameters& parameters, const Codec& codec, Encoder* encoder);

  // One tick's sound at the encoder's rate. False when the encoder is broken.
  bool tick(std::span<const Sample> sound, Time now, const Send& send);

  DtmfSender& digits() { return digits_; }
  std::uint32_t ssrc() const { return ssrc_; }
  // Of the sound of the next tick.
  std::uint32_t timestamp() const { return timestamp_; }
  // Before the peer's packets in a loop: two streams may not share an SSRC (RFC 3550, 8.2).
  void change_ssrc();

 private:
  void packetize(const Send& send);
  void send_packet(std::uint8_t payload_type, bool marker, std::uint32_t timestamp, Bytes payload, const Send& send);
  void drop_unsent();
  void keep_alive(Time now, const Send& send);

  Counters& counters_;
  AudioParameters parameters_;
  Encoder* encoder_ = nullptr;
  std::uint32_t tick_units_ = 0;
  std::uint32_t units_per_millisecond_ = 0;
  std::uint32_t ssrc_;
  std::uint16_t sequence_;
  std::uint32_t timestamp_;
  bool talk_begins_ = true;
  std::uint64_t sent_then_ = 0;
  Time last_sent_{};
  DtmfSender digits_;
  std::vector<Sample> sound_;       // not yet a whole frame
  std::vector<std::byte> payload_;  // not yet a whole packet
  std::vector<std::byte> packet_;
};

}  // namespace media
