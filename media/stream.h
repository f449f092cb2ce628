// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "media/audio_stream.h"
#include "media/engine.h"

namespace media {

// The loop's side of a leg: what is asked here is done on the worker or the media thread.
class Stream : public AudioStream {
 public:
  Stream(Engine& engine, std::uint64_t number, const std::string& local_address, AudioListener& listener);
  ~Stream() override;

  void apply(const AudioParameters& parameters) override;
  void stop() override;
  void send_digit(char digit) override;
  void set_muted(bool muted) override;
  void start_recording(int file) override;
  void pause_recording(bool paused) override;
  void stop_recording() override;
  std::uint16_t local_port() const override { return port_; }
  AudioStatistics statistics() const override { return leg_->counters().snapshot(); }

  // What was posted for it.
  void hear(const AudioEvent& event);
  void rebuild();

 private:
  void build();

  Engine& engine_;
  std::uint64_t number_;
  StreamPost post_;
  AudioListener& listener_;
  std::uint16_t port_ = 0;
  std::unique_ptr<RtpLeg> leg_;
  std::optional<AudioParameters> parameters_;  // none: it does not run
  bool recording_ = false;
};

}  // namespace media
