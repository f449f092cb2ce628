// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/engine.h"

#include "base/error.h"
#include "media/coder.h"
#include "media/gstreamer.h"
#include "media/stream.h"

namespace media {
namespace {

// GStreamer is started here, before the members that use it.
EngineSettings checked(EngineSettings settings) {
  initialize_gstreamer();
  for (const unsigned rate : {8000u, 16000u, 48000u})
    if (settings.sample_rate == rate) return settings;
  throw base::Error(base::Errc::invalid_argument,
                    "sample rate " + std::to_string(settings.sample_rate) + " of sound is not 8000, 16000 or 48000");
}

}  // namespace

void StreamPost::operator()(std::function<void(Stream&)> call) const {
  loop_->post([streams = streams_, number = number_, call = std::move(call)] {
    const auto all = streams.lock();
    if (!all) return;
    if (const auto found = all->find(number); found != all->end()) call(*found->second);
  });
}

Engine::Engine(base::Loop& loop, EngineSettings settings)
    : loop_(loop),
      settings_(checked(std::move(settings))),
      ports_(settings_.rtp_ports),
      streams_(std::make_shared<Streams>()),
      thread_(settings_.sample_rate),
      devices_(loop, thread_, {settings_.input_device, settings_.output_device, settings_.sample_rate}) {}

Engine::~Engine() {
  // Each of these posts only to those that end after it; what comes back to one that ended is destroyed with it.
  devices_.end();
  worker_.end();
  thread_.end();
}

std::unique_ptr<AudioStream> Engine::create_stream(const std::string& local_address, AudioListener& listener) {
  return std::make_unique<Stream>(*this, ++last_number_, local_address, listener);
}

void Engine::expect(const std::string& name) {
  const Codec* codec = find_codec(name);
  if (codec && expected_.insert(codec).second) worker_.post([codec] { load_coders(*codec); });
}

void Engine::stream_started() {
  if (running_++ == 0) devices_.open();
}

void Engine::stream_stopped() {
  if (--running_ == 0) devices_.close();
}

}  // namespace media
