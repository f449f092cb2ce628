// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "media/audio_stream.h"
#include "media/coder.h"
#include "media/concealment.h"
#include "media/counters.h"
#include "media/dtmf.h"
#include "media/jitter_buffer.h"
#include "media/reception.h"
#include "media/rtp_packet.h"
#include "media/source_latch.h"
#include "media/udp_socket.h"

namespace media {

// Datagrams of the peer to the sound of ticks: whose they are, what was lost, when to play them. Media thread only.
class RtpReceiver {
 public:
  using Tell = std::function<void(const AudioEvent&)>;

  RtpReceiver(Counters& counters, Tell tell);

  // The decoder may be the same as before; it lives until the next call.
  void apply(const AudioParameters& parameters, const Codec& codec, Decoder* decoder);

  void receive(const Datagram& datagram);

  // Sound of one tick at the decoder's rate, silence if there is none. False when the decoder is broken.
  bool frame(Time now, std::vector<Sample>& sound);

  const SourceLatch& latch() const { return latch_; }
  // Of the source that is heard; nothing before the first packet.
  std::optional<std::uint32_t> ssrc() const { return ssrc_; }
  Reception& reception() { return *reception_; }

 private:
  bool follow(std::uint32_t ssrc);
  void hear_digit(const RtpPacket& packet, Time arrival);
  bool play(const JitterBuffer::Item& item);

  Counters& counters_;
  Tell tell_;
  AudioParameters parameters_;
  unsigned clock_rate_ = 0;
  Decoder* decoder_ = nullptr;
  SourceLatch latch_;
  std::optional<std::uint32_t> ssrc_;
  std::optional<std::uint32_t> next_ssrc_;  // seen once
  std::uint64_t lost_before_ = 0;           // of earlier sources
  std::optional<Reception> reception_;
  std::optional<JitterBuffer> buffer_;
  std::optional<Concealment> concealment_;
  DtmfReceiver digits_;
  Time digit_second_{};
  unsigned digits_in_second_ = 0;
  std::vector<Sample> sound_;  // decoded and not yet taken
};

}  // namespace media
