// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "media/engine.h"

namespace engine_test {

using namespace std::chrono_literals;

// A loopback address of this process: what runs beside it takes no port of ours. Each net is another host.
inline std::string own_address(unsigned net = 1) {
  const auto process = static_cast<unsigned>(::getpid());
  return "127." + std::to_string(net) + "." + std::to_string(process / 250 % 250 + 1) + "." +
         std::to_string(process % 250 + 1);
}

// Remembers what a stream told.
struct Ear : media::AudioListener {
  std::vector<media::AudioEvent> events;
  std::function<void()> on_event = [] {};

  void on_audio_event(const media::AudioEvent& event) override {
    events.push_back(event);
    on_event();
  }

  template <typename Event>
  std::vector<Event> all() const {
    std::vector<Event> found;
    for (const auto& event : events)
      if (const auto* wanted = std::get_if<Event>(&event)) found.push_back(*wanted);
    return found;
  }

  std::string digits() const {
    std::string text;
    for (const auto& event : all<media::GotDigit>()) text += event.digit;
    return text;
  }
};

// Runs the loop until the claim holds; it is looked at every 5 ms.
inline bool wait_until(base::Loop& loop, const std::function<bool()>& claim, std::chrono::seconds limit = 90s) {
  bool holds = claim();
  base::Timer look(loop), deadline(loop);
  std::function<void()> again = [&] {
    if ((holds = claim())) return loop.quit(0);
    look.start(5ms, again);
  };
  if (!holds) {
    look.start(5ms, again);
    deadline.start(limit, [&] { loop.quit(1); });
    loop.run();
  }
  return holds;
}

// A file in memory, as the session room would open one on disk. It can be read while the stream owns its own copy.
class MemoryFile {
 public:
  MemoryFile() : file_(memfd_create("recording", MFD_CLOEXEC)) {}
  ~MemoryFile() { ::close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int give() const { return ::dup(file_); }
  std::vector<std::byte> bytes() const {
    std::vector<std::byte> all(static_cast<std::size_t>(std::max<off_t>(0, lseek(file_, 0, SEEK_END))));
    if (::pread(file_, all.data(), all.size(), 0) != static_cast<ssize_t>(all.size())) all.clear();
    return all;
  }
  // Every second sample of a stereo file, or all of a mono one.
  std::vector<media::Sample> channel(std::size_t number, std::size_t channels) const {
    const auto all = bytes();
    std::vector<media::Sample> sound;
    for (std::size_t at = media::wav_header_size + 2 * number; at + 1 < all.size(); at += 2 * channels) {
      media::Sample sample = 0;
      std::memcpy(&sample, &all[at], sizeof sample);
      sound.push_back(sample);
    }
    return sound;
  }

 private:
  int file_;
};

inline media::EngineSettings settings(std::uint16_t first_port, const std::string& input = "none",
                                      unsigned rate = 16000) {
  return {.rtp_ports = {first_port, static_cast<std::uint16_t>(first_port + 198)},
          .input_device = input,
          .output_device = "none",
          .sample_rate = rate,
          .recording_layout = media::RecordingLayout::stereo};
}

inline media::AudioParameters parameters(const std::string& codec, std::uint16_t port,
                                         const std::string& address = own_address()) {
  media::AudioParameters result;
  result.codec = codec;
  const std::uint8_t type = media::find_codec(codec)->static_payload_type.value_or(111);
  result.payload_type = result.receive_payload_type = type;
  result.dtmf_payload_type = result.receive_dtmf_payload_type = 101;
  result.remote_address = address;
  result.remote_port = port;
  result.remote_rtcp_port = static_cast<std::uint16_t>(port + 1);
  return result;
}

// Two engines in one process, whose streams talk over loopback.
struct Engines {
  base::Loop loop;
  media::Engine here, there;

  explicit Engines(const std::string& here_input = "tone:440", unsigned rate = 16000,
                   const std::string& there_input = "none")
      : here(loop, settings(40000, here_input, rate)), there(loop, settings(41000, there_input, rate)) {}

  bool wait(const std::function<bool()>& claim, std::chrono::seconds limit = 90s) {
    return wait_until(loop, claim, limit);
  }
};

// One stream on each of them.
struct Call {
  Engines& engines;
  Ear here_ear, there_ear;
  std::unique_ptr<media::AudioStream> here, there;

  explicit Call(Engines& both)
      : engines(both),
        here(both.here.create_stream(own_address(), here_ear)),
        there(both.there.create_stream(own_address(), there_ear)) {}

  media::AudioParameters to_there(const std::string& codec) { return parameters(codec, there->local_port()); }
  media::AudioParameters to_here(const std::string& codec) { return parameters(codec, here->local_port()); }

  void apply(const std::string& codec) {
    here->apply(to_there(codec));
    there->apply(to_here(codec));
  }
  void wait_for_both() {
    BOOST_TEST_REQUIRE(engines.wait(
        [&] { return here->statistics().packets_received > 2 && there->statistics().packets_received > 2; }));
  }
  void begin(const std::string& codec) {
    apply(codec);
    wait_for_both();
  }

  bool there_gets(std::uint64_t more) {
    const auto wanted = there->statistics().packets_received + more;
    return engines.wait([&] { return there->statistics().packets_received >= wanted; });
  }
};

// A recording of one stream: channel 0 is what it said, 1 what it heard.
struct Tape {
  Call& call;
  media::AudioStream& stream;
  Ear& ear;
  MemoryFile file;

  Tape(Call& of, media::AudioStream& recorded, Ear& listener) : call(of), stream(recorded), ear(listener) {
    stream.start_recording(file.give());
  }

  std::size_t length() const { return file.channel(0, 2).size(); }
  bool reaches(double seconds, unsigned rate = 16000) {
    return call.engines.wait([&] { return length() >= static_cast<std::size_t>(rate * seconds); });
  }
  std::string stop() {
    const auto before = ear.all<media::RecordingStopped>().size();
    stream.stop_recording();
    const bool stopped = call.engines.wait([&] { return ear.all<media::RecordingStopped>().size() > before; });
    BOOST_TEST_REQUIRE(stopped);
    return ear.all<media::RecordingStopped>().back().failure;
  }
};

}  // namespace engine_test
