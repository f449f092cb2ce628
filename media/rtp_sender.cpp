// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_sender.h"

#include "base/random.h"

namespace media {
namespace {

// RFC 6263, 4.6 and 6.
constexpr Time keep_alive_interval = std::chrono::seconds(15);

std::uint32_t random_number() { return static_cast<std::uint32_t>(base::Random()()); }

// One that neither side negotiated.
std::uint8_t unused_payload_type(const AudioParameters& parameters) {
  std::uint8_t type = 127;
  while (type == parameters.payload_type || type == parameters.dtmf_payload_type) --type;
  return type;
}

}  // namespace

RtpSender::RtpSender(Counters& counters)
    : counters_(counters),
      ssrc_(random_number()),
      // Below 2^15: SRTP peers that join late guess the rollover counter right.
      sequence_(static_cast<std::uint16_t>(random_number() & 0x7fff)),
      timestamp_(random_number()) {
  packet_.reserve(1500);
}

void RtpSender::change_ssrc() { ssrc_ = random_number(); }

void RtpSender::apply(const AudioParameters& parameters, const Codec& codec, Encoder* encoder) {
  drop_unsent();
  if (!parameters.send || !parameters.dtmf_payload_type) digits_.clear();
  parameters_ = parameters;
  encoder_ = encoder;
  tick_units_ = codec.clock_rate / ticks_per_second;
  units_per_millisecond_ = codec.clock_rate / 1000;
  talk_begins_ = true;
}

void RtpSender::drop_unsent() {
  if (!encoder_) return;
  timestamp_ += static_cast<std::uint32_t>(sound_.size() * tick_units_ * ticks_per_second / encoder_->sample_rate());
  if (const auto bytes = encoder_->bytes_per_millisecond())
    timestamp_ += static_cast<std::uint32_t>(payload_.size() / bytes * units_per_millisecond_);
  sound_.clear();
  payload_.clear();
}

bool RtpSender::tick(std::span<const Sample> sound, Time now, const Send& send) {
  bool healthy = true;
  const auto event = digits_.tick(timestamp_, tick_units_);
  if (event && parameters_.dtmf_payload_type && parameters_.send) {
    drop_unsent();
    std::array<std::byte, telephone_event_size> payload;
    write_telephone_event(event->event, payload);
    send_packet(*parameters_.dtmf_payload_type, event->marker, event->timestamp, payload, send);
    timestamp_ += tick_units_;
    talk_begins_ = true;
  } else if (!parameters_.send || !encoder_) {
    drop_unsent();
    timestamp_ += tick_units_;
    talk_begins_ = true;
  } else {
    sound_.insert(sound_.end(), sound.begin(), sound.end());
    const std::size_t frame = encoder_->frame_samples();
    std::size_t used = 0;
    for (; healthy && sound_.size() - used >= frame; used += frame) {
      healthy = encoder_->encode(std::span(sound_).subspan(used, frame), payload_);
      packetize(send);
    }
    sound_.erase(sound_.begin(), sound_.begin() + static_cast<std::ptrdiff_t>(used));
  }
  keep_alive(now, send);
  return healthy;
}

void RtpSender::packetize(const Send& send) {
  const std::size_t bytes = encoder_->bytes_per_millisecond();
  if (bytes == 0) {
    // An empty payload is a frame that the codec left out (DTX).
    if (!payload_.empty()) send_packet(parameters_.payload_type, talk_begins_, timestamp_, payload_, send);
    talk_begins_ = payload_.empty();
    timestamp_ +=
        static_cast<std::uint32_t>(encoder_->frame_samples() * units_per_millisecond_ * 1000 / encoder_->sample_rate());
    payload_.clear();
    return;
  }
  const auto ptime = static_cast<std::size_t>(std::clamp<std::int64_t>(parameters_.ptime.count(), 10, 120));
  const std::size_t size = ptime * bytes;
  std::size_t used = 0;
  for (; payload_.size() - used >= size; used += size) {
    send_packet(parameters_.payload_type, talk_begins_, timestamp_, Bytes(payload_).subspan(used, size), send);
    talk_begins_ = false;
    timestamp_ += static_cast<std::uint32_t>(ptime) * units_per_millisecond_;
  }
  payload_.erase(payload_.begin(), payload_.begin() + static_cast<std::ptrdiff_t>(used));
}

void RtpSender::send_packet(std::uint8_t payload_type, bool marker, std::uint32_t timestamp, Bytes payload,
                            const Send& send) {
  packet_.resize(rtp_header_size + payload.size());
  write_rtp({marker, payload_type, sequence_++, timestamp, ssrc_}, std::span(packet_).first<rtp_header_size>());
  std::copy(payload.begin(), payload.end(), packet_.begin() + rtp_header_size);
  if (!send(packet_)) return;
  counters_.packets_sent.add(1);
  counters_.bytes_sent.add(payload.size());
}

void RtpSender::keep_alive(Time now, const Send& send) {
  const std::uint64_t sent = counters_.packets_sent.value();
  if (sent != sent_then_ || last_sent_ == Time{}) {
    sent_then_ = sent;
    last_sent_ = now;
  } else if (now >= last_sent_ + keep_alive_interval) {
    last_sent_ = now;
    packet_.resize(rtp_header_size);
    write_rtp({false, unused_payload_type(parameters_), sequence_++, timestamp_, ssrc_},
              std::span(packet_).first<rtp_header_size>());
    send(packet_);
  }
}

}  // namespace media
