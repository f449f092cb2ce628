// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_receiver.h"

namespace media {
namespace {

constexpr unsigned most_digits_in_second = 20;
constexpr std::uint8_t comfort_noise = 13;  // RFC 3389: a sign of life, not played
constexpr int most_items_in_tick = 16;

}  // namespace

RtpReceiver::RtpReceiver(Counters& counters, Tell tell) : counters_(counters), tell_(std::move(tell)) {}

void RtpReceiver::apply(const AudioParameters& parameters, const Codec& codec, Decoder* decoder) {
  if (const auto remote = Endpoint::from_text(parameters.remote_address, parameters.remote_port))
    latch_.expect(*remote);
  const bool resumes = parameters.receive && !parameters_.receive;
  if (decoder != decoder_ || codec.clock_rate != clock_rate_) {
    clock_rate_ = codec.clock_rate;
    decoder_ = decoder;
    buffer_.emplace(clock_rate_);
    if (decoder) concealment_.emplace(decoder->sample_rate());
    sound_.clear();
    if (reception_) lost_before_ += reception_->lost();
    reception_.emplace(clock_rate_);
  } else if (resumes) {
    buffer_->restart();
  }
  parameters_ = parameters;
}

void RtpReceiver::receive(const Datagram& datagram) {
  const auto packet = parse_rtp(datagram.bytes);
  const bool is_digit = packet && packet->header.payload_type == parameters_.receive_dtmf_payload_type;
  const bool is_noise = packet && packet->header.payload_type == comfort_noise;
  const bool is_sound = packet && packet->header.payload_type == parameters_.receive_payload_type;
  if (!reception_ || packet->payload.empty() || !(is_digit || is_noise || is_sound)) {
    counters_.packets_dropped.add(1);
    return;
  }
  const RtpHeader& header = packet->header;
  const auto verdict = latch_.judge(datagram.source, header.ssrc, header.sequence, datagram.arrival);
  if (verdict == SourceLatch::Verdict::refused || !follow(header.ssrc)) {
    counters_.packets_dropped.add(1);
    return;
  }
  if (verdict == SourceLatch::Verdict::changed) tell_(GotAudio{datagram.source.address_text(), datagram.source.port});
  counters_.packets_received.add(1);
  counters_.bytes_received.add(packet->payload.size());
  if (reception_->add(header.sequence, header.timestamp, datagram.arrival) == Reception::Kind::duplicate) return;
  counters_.packets_lost.set(lost_before_ + reception_->lost());
  counters_.jitter.set(reception_->jitter());
  if (!is_sound) buffer_->pass(header.sequence);
  if (is_digit) hear_digit(*packet, datagram.arrival);
  if (!is_sound || !parameters_.receive) return;
  switch (buffer_->put(header.sequence, header.timestamp, packet->payload, datagram.arrival)) {
    case JitterBuffer::Put::late: counters_.packets_late.add(1); break;
    case JitterBuffer::Put::refused: counters_.packets_dropped.add(1); break;
    case JitterBuffer::Put::kept:
    case JitterBuffer::Put::restarted: break;
  }
}

// Another synchronization source is followed at its second packet in a row; two that alternate do not tear the sound.
bool RtpReceiver::follow(std::uint32_t ssrc) {
  if (ssrc == ssrc_) {
    next_ssrc_.reset();
    return true;
  }
  if (ssrc_ && next_ssrc_ != ssrc) {
    next_ssrc_ = ssrc;
    return false;
  }
  if (ssrc_) {
    lost_before_ += reception_->lost();
    reception_.emplace(clock_rate_);
    buffer_->restart();
    digits_ = {};
  }
  ssrc_ = ssrc;
  next_ssrc_.reset();
  return true;
}

void RtpReceiver::hear_digit(const RtpPacket& packet, Time arrival) {
  const auto event = parse_telephone_event(packet.payload);
  if (!event) {
    counters_.packets_dropped.add(1);
    return;
  }
  const auto digit = digits_.receive(*event, packet.header.timestamp, packet.header.marker, clock_rate_);
  if (!digit || !parameters_.receive) return;
  if (arrival >= digit_second_ + std::chrono::seconds(1)) {
    digit_second_ = arrival;
    digits_in_second_ = 0;
  }
  // More is no human and no dialler: the bus is not for floods.
  if (digits_in_second_++ < most_digits_in_second) tell_(GotDigit{*digit});
}

bool RtpReceiver::play(const JitterBuffer::Item& item) {
  const unsigned rate = decoder_->sample_rate();
  const std::size_t had = sound_.size();
  if (item.kind == JitterBuffer::Kind::missing) {
    counters_.frames_concealed.add(1);
    const std::size_t count = std::size_t{item.units} * rate / clock_rate_;
    if (decoder_->conceal(count, item.following, sound_)) {
      concealment_->good(std::span(sound_).subspan(had));
    } else {
      sound_.resize(had + count);
      concealment_->conceal(std::span(sound_).subspan(had));
    }
    return true;
  }
  const bool healthy = decoder_->decode(item.payload, sound_);
  const std::size_t count = sound_.size() - had;
  const std::size_t units = count > 0 ? count * clock_rate_ / rate : clock_rate_ / ticks_per_second;
  buffer_->played(static_cast<std::uint32_t>(units));
  if (count == 0) {
    // It could not be decoded: as if it were lost.
    counters_.frames_concealed.add(1);
    sound_.resize(had + rate / ticks_per_second);
    concealment_->conceal(std::span(sound_).subspan(had));
  } else if (item.kind == JitterBuffer::Kind::skipped) {
    sound_.resize(had);
    concealment_->cut();
  } else {
    concealment_->good(std::span(sound_).subspan(had));
  }
  return healthy;
}

bool RtpReceiver::frame(Time now, std::vector<Sample>& sound) {
  const std::size_t wanted = decoder_->sample_rate() / ticks_per_second;
  bool healthy = true;
  for (int i = 0; healthy && sound_.size() < wanted && i < most_items_in_tick; ++i) {
    const auto item = buffer_->take(now);
    if (item.kind == JitterBuffer::Kind::silence) break;
    healthy = play(item);
  }
  counters_.buffer.set(buffer_->depth());
  const std::size_t count = std::min(wanted, sound_.size());
  sound.assign(sound_.begin(), sound_.begin() + static_cast<std::ptrdiff_t>(count));
  sound.resize(wanted);
  sound_.erase(sound_.begin(), sound_.begin() + static_cast<std::ptrdiff_t>(count));
  return healthy;
}

}  // namespace media
