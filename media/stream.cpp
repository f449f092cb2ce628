// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/stream.h"

#include <sys/stat.h>

#include "base/error.h"

namespace media {
namespace {

using base::Errc;
using base::Error;

constexpr std::size_t most_digits = 64;

// Whether the coders of one are those of the other.
bool coded_alike(const AudioParameters& a, const AudioParameters& b) {
  return a.codec == b.codec && a.ptime == b.ptime && a.max_playback_rate == b.max_playback_rate;
}

const Codec& codec_of(const AudioParameters& parameters) {
  if (const Codec* codec = find_codec(parameters.codec)) return *codec;
  throw Error(Errc::media_failure, "codec \"" + parameters.codec + "\" is not known");
}

}  // namespace

Stream::Stream(Engine& engine, std::uint64_t number, const std::string& local_address, AudioListener& listener)
    : engine_(engine), number_(number), post_(engine.loop_, engine.streams_, number), listener_(listener) {
  PortPair sockets = engine_.ports_.take(local_address);
  port_ = sockets.port;
  leg_ = std::make_unique<RtpLeg>(
      std::move(sockets), engine_.settings_.sample_rate,
      [post = post_](const AudioEvent& event) { post([event](Stream& stream) { stream.hear(event); }); },
      [post = post_] { post([](Stream& stream) { stream.rebuild(); }); });
  (*engine_.streams_)[number_] = this;
}

Stream::~Stream() {
  engine_.streams_->erase(number_);
  if (parameters_) engine_.stream_stopped();
  // The way of apply(): worker, media thread; then back to the worker, for elements are not destroyed on the tick.
  engine_.worker_.post([&engine = engine_, leg = std::move(leg_)]() mutable {
    engine.thread_.post([&engine, leg = std::move(leg)]() mutable {
      engine.thread_.remove(*leg);
      leg->stop(engine.thread_.present());
      engine.recorder_.hurry();
      engine.worker_.post([&engine, leg = std::move(leg)] { engine.spares_.keep(leg->release_coders()); });
    });
  });
}

void Stream::apply(const AudioParameters& parameters) {
  codec_of(parameters);
  if (!Endpoint::from_text(parameters.remote_address, parameters.remote_port))
    throw Error(Errc::media_failure, "remote address \"" + parameters.remote_address + "\" of sound is not numeric");
  const bool same_coders = parameters_ && coded_alike(*parameters_, parameters);
  if (!parameters_) engine_.stream_started();
  parameters_ = parameters;
  if (!same_coders) return build();
  engine_.worker_.post([&thread = engine_.thread_, leg = leg_.get(), parameters] {
    thread.post([leg, parameters] {
      if (leg->has_coders()) leg->apply(parameters, nullptr);
    });
  });
}

void Stream::build() {
  const CoderSettings settings{.codec = &codec_of(*parameters_),
                               .ptime = parameters_->ptime,
                               .max_playback_rate = parameters_->max_playback_rate,
                               .engine_rate = engine_.settings_.sample_rate};
  engine_.worker_.post([&engine = engine_, leg = leg_.get(), parameters = *parameters_, settings, post = post_] {
    try {
      auto coders = engine.spares_.take(settings, engine.settings_.sample_rate);
      engine.thread_.post([&engine, leg, parameters, coders = std::move(coders)]() mutable {
        engine.worker_.post([&engine, old = leg->apply(parameters, std::move(coders))]() mutable {
          engine.spares_.keep(std::move(old));
        });
        engine.thread_.add(*leg);
      });
    } catch (const Error& error) {
      post([reason = std::string(error.what())](Stream& stream) { stream.hear(StreamFailed{reason}); });
    }
  });
}

void Stream::rebuild() {
  if (parameters_) build();
}

void Stream::stop() {
  if (!parameters_) return;
  parameters_.reset();
  engine_.stream_stopped();
  engine_.worker_.post([&engine = engine_, leg = leg_.get()] {
    engine.thread_.post([&engine, leg] {
      engine.thread_.remove(*leg);
      leg->stop(engine.thread_.present());
      engine.recorder_.hurry();
    });
  });
}

void Stream::send_digit(char digit) {
  if (!event_of_digit(digit))
    throw Error(Errc::invalid_argument, std::string("digit \"") + digit + "\" is not one of 0-9 * # A-D");
  if (!parameters_ || !parameters_->send || !parameters_->dtmf_payload_type)
    throw Error(Errc::invalid_state, "the audio stream can not send digits now, or the peer takes none");
  if (leg_->digits_waiting() >= most_digits)
    throw Error(Errc::limit_reached, std::to_string(most_digits) + " digits wait already to be sent");
  ++leg_->digits_waiting();
  engine_.thread_.post([leg = leg_.get(), digit] { leg->send_digit(digit); });
}

void Stream::set_muted(bool muted) {
  engine_.thread_.post([leg = leg_.get(), muted] { leg->set_muted(muted); });
}

void Stream::start_recording(int file) {
  Descriptor descriptor(file);
  struct stat status {};
  if (recording_) throw Error(Errc::invalid_state, "the audio stream is recorded already");
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size != 0)
    throw Error(Errc::file_failure, "the file to record into is not open, empty and regular");
  const unsigned rate = engine_.settings_.sample_rate;
  const RecordingLayout layout = engine_.settings_.recording_layout;
  WavFile wav(std::move(descriptor), {.channels = layout == RecordingLayout::stereo ? 2u : 1u, .sample_rate = rate});
  auto recording = std::make_unique<Recording>(std::move(wav), layout, rate, [post = post_](std::string failure) {
    post([failure = std::move(failure)](Stream& stream) { stream.hear(RecordingStopped{failure}); });
  });
  recording_ = true;
  engine_.thread_.post([leg = leg_.get(), recording = recording.get()] {
    leg->pause_recording(false);
    leg->record(recording);
  });
  engine_.recorder_.add(std::move(recording));
}

void Stream::pause_recording(bool paused) {
  engine_.thread_.post([leg = leg_.get(), paused] { leg->pause_recording(paused); });
}

void Stream::stop_recording() {
  engine_.thread_.post([&engine = engine_, leg = leg_.get()] {
    leg->record(nullptr);
    engine.recorder_.hurry();
  });
}

void Stream::hear(const AudioEvent& event) {
  if (std::holds_alternative<RecordingStopped>(event)) recording_ = false;
  // Last: the listener may destroy this stream.
  listener_.on_audio_event(event);
}

}  // namespace media
