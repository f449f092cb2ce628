// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "media/audio_stream.h"

// What happened to one stream. It outlives the stream.
struct FakeSound {
  std::vector<std::string> calls;  // the verbs in their order: "apply", "send_digit 5"
  media::AudioParameters parameters;
  media::AudioStatistics statistics;
  std::string address;
  std::uint16_t port = 0;
  media::AudioListener* listener = nullptr;
  bool exists = true;
  bool refuses_recording = false;  // start_recording() throws

  // What the stream tells; one that is gone tells nothing.
  void tell(const media::AudioEvent& event) {
    if (listener) listener->on_audio_event(event);
  }
};

class FakeAudioStream : public media::AudioStream {
 public:
  explicit FakeAudioStream(std::shared_ptr<FakeSound> sound) : sound_(std::move(sound)) {}
  ~FakeAudioStream() override {
    sound_->exists = false;
    sound_->listener = nullptr;
  }

  void apply(const media::AudioParameters& parameters) override {
    sound_->parameters = parameters;
    called("apply");
  }
  void stop() override { called("stop"); }
  void send_digit(char digit) override { called(std::string("send_digit ") + digit); }
  void set_muted(bool muted) override { called(muted ? "mute" : "unmute"); }
  void start_recording(int file) override {
    ::close(file);
    if (sound_->refuses_recording) throw base::Error(base::Errc::file_failure, "no recording here");
    called("start_recording");
  }
  void pause_recording(bool paused) override { called(paused ? "pause_recording" : "resume_recording"); }
  void stop_recording() override { called("stop_recording"); }
  std::uint16_t local_port() const override { return sound_->port; }
  media::AudioStatistics statistics() const override { return sound_->statistics; }

 private:
  void called(const std::string& verb) { sound_->calls.push_back(verb); }

  std::shared_ptr<FakeSound> sound_;
};

class FakeAudioFactory : public media::AudioFactory {
 public:
  std::unique_ptr<media::AudioStream> create_stream(const std::string& local_address,
                                                    media::AudioListener& listener) override {
    if (exhausted) throw base::Error(base::Errc::media_failure, "no pair of RTP ports is free");
    sounds.push_back(std::make_shared<FakeSound>());
    sounds.back()->address = local_address;
    sounds.back()->listener = &listener;
    sounds.back()->port = static_cast<std::uint16_t>(50000 + 2 * sounds.size());
    return std::make_unique<FakeAudioStream>(sounds.back());
  }

  void expect(const std::string& codec) override { expected.push_back(codec); }

  std::vector<std::string> expected;               // codecs, in the order of asking
  std::vector<std::shared_ptr<FakeSound>> sounds;  // the oldest first
  bool exhausted = false;
};
