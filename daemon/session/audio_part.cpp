// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/audio_part.h"

#include <unistd.h>

#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "media/codecs.h"

namespace session {
namespace {

using namespace std::chrono_literals;

constexpr auto first_silence = 5s;  // [S]: five seconds after the start
constexpr auto longest_close = 2s;

constexpr std::string_view digits = "0123456789*#ABCD";

}  // namespace

AudioPart::AudioPart(Surroundings& surroundings, StreamOwner& owner)
    : surroundings_(surroundings),
      owner_(owner),
      silence_(surroundings.scheduler),
      file_limit_(surroundings.scheduler) {}

void AudioPart::prepare(const std::string& address) {
  if (stopped_) throw base::Error(base::Errc::media_failure, "the recording of the audio before is still being closed");
  stream_ = surroundings_.audio.create_stream(address, *this);
  stream_->set_muted(owner_.owned_properties().muted);
  address_ = address;
  owner_.owned_properties().audio_local_rtp_address = address;
  owner_.owned_properties().audio_local_rtp_port = stream_->local_port();
}

bool AudioPart::apply(const media::AudioParameters& parameters) {
  const bool started = !parameters_;
  if (parameters_ != parameters) stream_->apply(parameters);
  parameters_ = parameters;
  Properties& properties = owner_.owned_properties();
  const media::Codec* codec = media::find_codec(parameters.codec);
  properties.audio_codec = codec ? codec->name : "";
  properties.audio_sample_rate = codec ? codec->sample_rate : 0;
  properties.audio_remote_rtp_address_sdp = parameters.remote_address;
  properties.audio_remote_rtp_port_sdp = parameters.remote_port;
  properties.streams.audio = true;
  properties.proposed_streams.audio = false;
  if (started) owner_.tell(GotStreamUpdate{properties.streams});
  return started;
}

void AudioPart::hold_did_change() {
  const bool held = owner_.owned_properties().on_hold();
  if (recording_ == Recording::running) stream_->pause_recording(held);
  if (!held && silence_.running()) watch_silence(silence_limit_);  // it begins anew: the peer was allowed to be silent
  if (recording_ != Recording::waiting || held) return;
  try {
    begin_recording();
  } catch (const base::Error& error) {
    // Nobody asked just now who could be refused; this may be the peer's doing.
    owner_.tell(WillStartRecordingAudio{owner_.owned_properties().audio_recording_file_name});
    on(media::RecordingStopped{error.what()});
  }
}

void AudioPart::watch() {
  packets_seen_ = 0;
  silence_limit_ = first_silence;
  silence_.start(silence_limit_, [this] { check_silence(); });
}

void AudioPart::watch_silence(base::Duration limit) {
  if (running()) packets_seen_ = stream_->statistics().packets_received;
  silence_limit_ = limit;
  silence_.start(limit, [this] { check_silence(); });
}

void AudioPart::check_silence() {
  const std::uint64_t packets = running() ? stream_->statistics().packets_received : 0;
  const bool silent = running() && packets == packets_seen_;
  if (const auto timeout = std::chrono::seconds(*surroundings_.settings.rtp.timeout); timeout > 0s)
    watch_silence(timeout);
  // Who is on hold may be silent.
  if (silent && !owner_.owned_properties().on_hold() && parameters_->receive) owner_.tell(GotNoAudio{packets > 0});
}

void AudioPart::start_recording(const std::string& directory, const std::string& file_name, const RecordingName& name) {
  if (!running()) throw base::Error(base::Errc::no_such_stream, "the session has no active audio stream to record");
  if (recording_ != Recording::none)
    throw base::Error(base::Errc::invalid_state,
                      "the session is recorded already, to " + owner_.owned_properties().audio_recording_file_name);
  const RecordingFile file =
      file_name.empty() ? create_default_recording(directory, name) : create_recording(directory, file_name);
  waiting_file_ = file.descriptor;
  recording_ = Recording::waiting;
  owner_.owned_properties().audio_recording_file_name = file.path;
  if (owner_.owned_properties().on_hold())
    owner_.tell(PropertiesDidChange{});
  else
    try {
      begin_recording();
    } catch (const base::Error&) {
      recording_ = Recording::none;
      owner_.owned_properties().audio_recording_file_name.clear();
      throw;
    }
}

// Throws Error, with nothing told and the file gone, when the stream cannot record.
void AudioPart::begin_recording() {
  const std::string path = owner_.owned_properties().audio_recording_file_name;
  try {
    stream_->start_recording(std::exchange(waiting_file_, -1));
  } catch (const base::Error&) {
    ::unlink(path.c_str());
    throw;
  }
  recording_ = Recording::running;
  owner_.tell(WillStartRecordingAudio{path});
  owner_.tell(DidStartRecordingAudio{path});
}

void AudioPart::stop_recording() {
  if (recording_ == Recording::none || recording_ == Recording::stopping)
    throw base::Error(base::Errc::invalid_state, "the session is not recorded: StartRecordingAudio begins that");
  const std::string path = owner_.owned_properties().audio_recording_file_name;
  owner_.tell(WillStopRecordingAudio{path});
  if (recording_ == Recording::running) {
    recording_ = Recording::stopping;
    stream_->stop_recording();
    // What the writer owes us it may owe for ever: a disk that hangs.
    file_limit_.start(longest_close, [this] { on(media::RecordingStopped{"the disk does not answer"}); });
    return;
  }
  // Nothing was ever recorded: an empty file is no WAV file.
  ::close(std::exchange(waiting_file_, -1));
  ::unlink(path.c_str());
  on(media::RecordingStopped{});
}

void AudioPart::send_dtmf(const std::string& digit) {
  if (digit.size() != 1 || digits.find(digit.front()) == digits.npos)
    throw base::Error(base::Errc::invalid_argument, "a digit is one of 0-9 * # A-D");
  if (!running()) throw base::Error(base::Errc::no_such_stream, "the session has no active audio stream for digits");
  if (!parameters_->dtmf_payload_type)
    throw base::Error(base::Errc::invalid_state, "the peer takes no telephone-event: digits cannot be sent to it");
  stream_->send_digit(digit.front());
}

void AudioPart::set_muted(bool muted) {
  if (stream_) stream_->set_muted(muted);
}

void AudioPart::stop(std::function<void()> then) {
  silence_.stop();
  stopped_ = [this, then = std::move(then)] {
    deactivate();
    then();
  };
  if (recording_ == Recording::running || recording_ == Recording::waiting) stop_recording();
  if (recording_ == Recording::none && stopped_) std::exchange(stopped_, nullptr)();
}

void AudioPart::deactivate() {
  const bool was_active = std::exchange(owner_.owned_properties().streams.audio, false);
  if (stream_) stream_->stop();
  parameters_.reset();
  if (was_active) owner_.tell(GotStreamUpdate{owner_.owned_properties().streams});
}

void AudioPart::reset() {
  silence_.stop();
  file_limit_.stop();
  if (waiting_file_ >= 0) ::close(std::exchange(waiting_file_, -1));
  stream_.reset();
  parameters_.reset();
  Properties& properties = owner_.owned_properties();
  properties.audio_sample_rate = 0;
  properties.audio_codec.clear();
  properties.audio_local_rtp_address.clear();
  properties.audio_local_rtp_port = 0;
  properties.audio_remote_rtp_address_sdp.clear();
  properties.audio_remote_rtp_port_sdp = 0;
  properties.audio_remote_rtp_address_received.clear();
  properties.audio_remote_rtp_port_received = 0;
  properties.audio_recording_file_name.clear();
}

std::optional<media::AudioStatistics> AudioPart::statistics() const {
  if (!running()) return {};
  return stream_->statistics();
}

void AudioPart::on_audio_event(const media::AudioEvent& event) {
  // What was under way when the stream ended is of no interest, but that its file is whole.
  if (!running() && !std::holds_alternative<media::RecordingStopped>(event)) return;
  std::visit([this](const auto& one) { on(one); }, event);
}

void AudioPart::on(const media::GotAudio& event) {
  owner_.owned_properties().audio_remote_rtp_address_received = event.address;
  owner_.owned_properties().audio_remote_rtp_port_received = event.port;
  owner_.tell(PropertiesDidChange{});
}

void AudioPart::on(const media::GotDigit& event) { owner_.tell(GotDTMF{event.digit}); }

void AudioPart::on(const media::RecordingStopped& event) {
  if (recording_ == Recording::none) return;
  file_limit_.stop();
  recording_ = Recording::none;
  const std::string path = std::exchange(owner_.owned_properties().audio_recording_file_name, {});
  if (!event.failure.empty()) base::log::error("recording stopped", {{"FILE", path}, {"REASON", event.failure}});
  owner_.tell(DidStopRecordingAudio{path});
  if (stopped_) std::exchange(stopped_, nullptr)();
}

void AudioPart::on(const media::StreamFailed& event) { owner_.stream_did_fail({.audio = true}, event.reason); }

}  // namespace session
