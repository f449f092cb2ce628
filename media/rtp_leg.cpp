// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_leg.h"

#include <utility>

namespace media {
namespace {

// RTCP can wait a little: its times are the kernel's.
constexpr unsigned ticks_between_rtcp = 5;
// A flood stays in the kernel: 256 packets in a tick are 12,800 in a second.
constexpr int most_batches = 16;

}  // namespace

Coders::Coders(const CoderSettings& settings, unsigned engine_rate)
    : codec(*settings.codec),
      encoder(make_encoder(settings)),
      decoder(make_decoder(settings)),
      from_decoder(decoder->sample_rate(), engine_rate) {}

RtpLeg::RtpLeg(PortPair sockets, unsigned engine_rate, RtpReceiver::Tell tell, std::function<void()> rebuild)
    : sockets_(std::move(sockets)),
      engine_rate_(engine_rate),
      rebuild_(std::move(rebuild)),
      receiver_(counters_, std::move(tell)),
      sender_(counters_),
      rtcp_(counters_),
      silence_(48000 / ticks_per_second) {
  received_.reserve(engine_rate / ticks_per_second);
  remote_.reserve(2 * engine_rate / ticks_per_second);
}

std::unique_ptr<Coders> RtpLeg::apply(const AudioParameters& parameters, std::unique_ptr<Coders> coders) {
  if (coders) std::swap(coders, coders_);
  parameters_ = parameters;
  const std::size_t waiting = sender_.digits().waiting();
  sender_.apply(parameters, coders_->codec, coders_->encoder.get());
  digits_waiting_ -= waiting - sender_.digits().waiting();
  receiver_.apply(parameters, coders_->codec, coders_->decoder.get());
  return coders;
}

void RtpLeg::tick(const Tick& tick) {
  receive(tick);
  const bool healthy = receiver_.frame(tick.due, received_);
  if (!healthy) need_coders(tick.now);
  const bool played = !tick.mix.empty() && parameters_.receive;
  const bool recorded = recording_ && !paused_;
  if (played || recorded) {
    remote_.clear();
    coders_->from_decoder.push(received_, remote_);
    remote_.resize(engine_rate_ / ticks_per_second);
  }
  if (played)
    for (std::size_t i = 0; i < remote_.size(); ++i) tick.mix[i] += remote_[i];
  send(tick);
  if (recorded) {
    const bool speaks = parameters_.send && !muted_;
    if (!recording_->write(
            speaks ? tick.heard.at(engine_rate_) : std::span<const Sample>(silence_).first(remote_.size()), remote_))
      record(nullptr);
  }
  report(tick, false);
}

void RtpLeg::discard(const Tick& tick) {
  for (UdpSocket* socket : {&sockets_.rtp, &sockets_.rtcp})
    for (int i = 0; i < most_batches && !socket->receive(tick.batch, tick.now).empty(); ++i) continue;
}

void RtpLeg::receive(const Tick& tick) {
  for (int i = 0; i < most_batches; ++i) {
    const auto datagrams = sockets_.rtp.receive(tick.batch, tick.now);
    for (const Datagram& datagram : datagrams) receiver_.receive(datagram);
    if (datagrams.size() < Batch::count) break;
  }
  if (ticks_++ % ticks_between_rtcp != 0) return;
  for (int i = 0; i < most_batches; ++i) {
    const auto datagrams = sockets_.rtcp.receive(tick.batch, tick.now);
    for (const Datagram& datagram : datagrams) receive_report(datagram, tick);
    if (datagrams.size() < Batch::count) break;
  }
}

void RtpLeg::receive_report(const Datagram& datagram, const Tick& tick) {
  // Only the host whose sound we hear is believed.
  const bool known = datagram.source.same_host(receiver_.latch().remote());
  const Time wall = tick.wall - (tick.now - datagram.arrival);
  if (known && rtcp_.receive(datagram.bytes, sender_.ssrc(), coders_->codec.clock_rate, wall)) {
    rtcp_source_ = datagram.source;
    coders_->encoder->expect_loss(rtcp_.loss_at_peer());
  } else {
    counters_.packets_dropped.add(1);
  }
}

void RtpLeg::send(const Tick& tick) {
  if (receiver_.ssrc() == sender_.ssrc()) sender_.change_ssrc();
  const std::size_t waiting = sender_.digits().waiting();
  const auto heard = tick.heard.at(coders_->encoder->sample_rate());
  const auto said = muted_ ? std::span<const Sample>(silence_).first(heard.size()) : heard;
  const bool healthy = sender_.tick(
      said, tick.now, [this](Bytes packet) { return sockets_.rtp.send(packet, receiver_.latch().remote()); });
  digits_waiting_ -= waiting - sender_.digits().waiting();
  if (!healthy) need_coders(tick.now);
}

Endpoint RtpLeg::remote_of_rtcp() const {
  const Endpoint& remote = receiver_.latch().remote();
  if (rtcp_source_ && rtcp_source_->same_host(remote)) return *rtcp_source_;
  Endpoint result = remote;
  const bool as_signalled = remote.port == parameters_.remote_port;
  result.port = as_signalled && parameters_.remote_rtcp_port != 0 ? parameters_.remote_rtcp_port
                                                                  : static_cast<std::uint16_t>(remote.port + 1);
  return result;
}

void RtpLeg::report(const Tick& tick, bool goodbye) {
  if (!coders_ || (!goodbye && !rtcp_.due(tick.now))) return;
  const RtcpSession::Facts facts{.ssrc = sender_.ssrc(),
                                 .timestamp = sender_.timestamp(),
                                 .remote = receiver_.ssrc(),
                                 .reception = &receiver_.reception(),
                                 .clock_rate = coders_->codec.clock_rate};
  std::array<std::byte, 256> bytes;
  const std::size_t size = rtcp_.report(facts, tick.now, tick.wall, goodbye, bytes);
  if (size > 0) sockets_.rtcp.send(Bytes(bytes).first(size), remote_of_rtcp());
}

void RtpLeg::need_coders(Time now) {
  if (now < rebuilt_ + std::chrono::seconds(1)) return;
  rebuilt_ = now;
  rebuild_();
}

void RtpLeg::stop(const Tick& tick) {
  report(tick, true);
  record(nullptr);
}

void RtpLeg::record(Recording* recording) {
  if (recording_) recording_->let_go();
  recording_ = recording;
}

}  // namespace media
