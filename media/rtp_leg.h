// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "media/audio_stream.h"
#include "media/heard.h"
#include "media/recorder.h"
#include "media/resampler.h"
#include "media/rtcp_session.h"
#include "media/rtp_ports.h"
#include "media/rtp_receiver.h"
#include "media/rtp_sender.h"

namespace media {

// What codes one stream: made on a worker, handed over, and given back to be destroyed there.
struct Coders {
  Coders(const CoderSettings& settings, unsigned engine_rate);

  const Codec& codec;
  std::unique_ptr<Encoder> encoder;
  std::unique_ptr<Decoder> decoder;
  Resampler from_decoder;
};

// What all legs share in one tick.
struct Tick {
  Time due{};  // by the schedule: what is played and sent now belongs to this time
  Time now{};
  Time wall{};  // now, of CLOCK_REALTIME
  Batch& batch;
  Heard& heard;
  std::span<int> mix;  // for the output device; empty if nobody listens
};

// One audio stream on the engine. Made on the loop's thread; from its start on only the media thread calls it, the
// counters apart.
class RtpLeg {
 public:
  // Both are called on the media thread; rebuild, at most once a second, when other coders are needed.
  RtpLeg(PortPair sockets, unsigned engine_rate, RtpReceiver::Tell tell, std::function<void()> rebuild);

  const Counters& counters() const { return counters_; }

  // Gives back the coders it no longer uses. Without new ones those it has go on.
  std::unique_ptr<Coders> apply(const AudioParameters& parameters, std::unique_ptr<Coders> coders);
  void tick(const Tick& tick);
  // Before the start: what waits in the sockets is of nobody that we know.
  void discard(const Tick& tick);
  // Says BYE; nothing is sent after.
  void stop(const Tick& tick);
  bool has_coders() const { return coders_ != nullptr; }

  void send_digit(char digit) { sender_.digits().send(digit); }
  // Digits asked for and not yet sent: the loop's thread adds, the media thread takes away.
  std::atomic<std::size_t>& digits_waiting() { return digits_waiting_; }
  void set_muted(bool muted) { muted_ = muted; }
  // Lets the one before go.
  void record(Recording* recording);
  void pause_recording(bool paused) { paused_ = paused; }

  // Its coders, when it runs no more.
  std::unique_ptr<Coders> release_coders() { return std::move(coders_); }

 private:
  void receive(const Tick& tick);
  void receive_report(const Datagram& datagram, const Tick& tick);
  void send(const Tick& tick);
  void report(const Tick& tick, bool goodbye);
  void need_coders(Time now);
  Endpoint remote_of_rtcp() const;

  PortPair sockets_;
  unsigned engine_rate_;
  std::function<void()> rebuild_;
  Counters counters_;
  RtpReceiver receiver_;
  RtpSender sender_;
  RtcpSession rtcp_;
  AudioParameters parameters_;
  std::unique_ptr<Coders> coders_;
  std::optional<Endpoint> rtcp_source_;
  bool muted_ = false;
  bool paused_ = false;
  Time rebuilt_{};
  unsigned ticks_ = 0;
  std::atomic<std::size_t> digits_waiting_ = 0;
  Recording* recording_ = nullptr;
  std::vector<Sample> silence_, received_, remote_;
};

}  // namespace media
