// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/loop.h"
#include "daemon/session/recording.h"
#include "daemon/session/stream_owner.h"
#include "daemon/session/surroundings.h"

namespace session {

// The audio of one session: its stream, its recording and the watch over silence, with the properties and the
// notifications that tell of them. The session decides when; this knows in which order.
class AudioPart : private media::AudioListener {
 public:
  AudioPart(Surroundings& surroundings, StreamOwner& owner);

  // Binds ports on the address; throws Error{media_failure} with nothing changed.
  void prepare(const std::string& address);
  // Starts what was negotiated, or changes what runs. True when the stream has become active by it.
  bool apply(const media::AudioParameters& parameters);
  // Either side's hold began or ended: recording pauses or goes on.
  void hold_did_change();
  // Begins to look for silence; called when the session is established.
  void watch();

  void start_recording(const std::string& directory, const std::string& file_name, const RecordingName& name);
  void stop_recording();
  void send_dtmf(const std::string& digit);
  void set_muted(bool muted);

  // Ends the stream with all notifications, and then calls back: at once, or when the recording's file is whole.
  void stop(std::function<void()> then);
  // Frees the ports and forgets the stream.
  void reset();

  bool prepared() const { return stream_ != nullptr; }
  bool running() const { return stream_ && parameters_; }
  // Running, and not about to end.
  bool negotiated() const { return running() && !stopped_; }
  std::uint16_t local_port() const { return stream_ ? stream_->local_port() : std::uint16_t{0}; }
  const std::string& local_address() const { return address_; }
  const std::optional<media::AudioParameters>& parameters() const { return parameters_; }
  std::optional<media::AudioStatistics> statistics() const;

 private:
  // `waiting`: begun on hold, the file is open and empty. `stopping`: the file is being closed.
  enum class Recording { none, waiting, running, stopping };

  void on_audio_event(const media::AudioEvent& event) override;
  void on(const media::GotAudio& event);
  void on(const media::GotDigit& event);
  void on(const media::RecordingStopped& event);
  void on(const media::StreamFailed& event);
  void begin_recording();
  void watch_silence(base::Duration limit);
  void check_silence();
  void deactivate();

  Surroundings& surroundings_;
  StreamOwner& owner_;
  std::unique_ptr<media::AudioStream> stream_;
  std::optional<media::AudioParameters> parameters_;
  std::string address_;
  Recording recording_ = Recording::none;
  int waiting_file_ = -1;
  std::uint64_t packets_seen_ = 0;
  base::Duration silence_limit_{0};
  base::Timer silence_;
  base::Timer file_limit_;         // a writer that does not answer must not keep a session alive
  std::function<void()> stopped_;  // whoever waits for stop()
};

}  // namespace session
