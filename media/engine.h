// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/loop.h"
#include "media/audio_stream.h"
#include "media/codecs.h"
#include "media/devices.h"
#include "media/media_thread.h"
#include "media/recorder.h"
#include "media/rtp_ports.h"
#include "media/spare_coders.h"
#include "media/worker.h"

namespace media {

struct EngineSettings {
  PortRange rtp_ports;
  std::string input_device = "default";   // default, none, file:/path.wav, tone:HZ, or the id of a device
  std::string output_device = "default";  // default, none, or the id of a device
  unsigned sample_rate = 16000;           // of devices and recordings: 8000, 16000 or 48000 Hz
  RecordingLayout recording_layout = RecordingLayout::stereo;
};

class Stream;
// Streams by number, on the loop's thread. Shared with what is posted, for the engine may be gone before it arrives.
using Streams = std::map<std::uint64_t, Stream*>;

// Calls on the loop's thread for one stream, if it is still there by then. Any thread may use it.
class StreamPost {
 public:
  StreamPost(base::Loop& loop, const std::shared_ptr<Streams>& streams, std::uint64_t number)
      : loop_(&loop), streams_(streams), number_(number) {}

  void operator()(std::function<void(Stream&)> call) const;

 private:
  base::Loop* loop_;
  std::weak_ptr<Streams> streams_;
  std::uint64_t number_;
};

// All sound of the process: one thread that ticks while streams run, one for the work it may not do, one for devices
// and one for recordings, each only while needed. Streams hear the shared input and are mixed to the shared output;
// they are never joined to each other. It outlives its streams.
class Engine : public AudioFactory {
 public:
  // Starts GStreamer. Throws Error{media_failure}, or Error{invalid_argument} for settings that can not be.
  Engine(base::Loop& loop, EngineSettings settings);
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  std::unique_ptr<AudioStream> create_stream(const std::string& local_address, AudioListener& listener) override;
  void expect(const std::string& codec) override;

  // What was last seen.
  std::vector<Device> input_devices() const { return devices_.inputs(); }
  std::vector<Device> output_devices() const { return devices_.outputs(); }
  // What is in use, or would be by a call: `none` if the wanted one is not there.
  std::string input_device() const { return devices_.input_in_use(); }
  std::string output_device() const { return devices_.output_in_use(); }
  // Looks anew; on_devices_changed() is called on the loop's thread if anything differs, also when a device fails.
  void look_for_devices() { devices_.look(); }
  void on_devices_changed(std::function<void()> call) { devices_.on_changed(std::move(call)); }

  // Ticks that a stalled machine has cost.
  std::uint64_t skipped_ticks() const { return thread_.skipped_ticks(); }

 private:
  friend class Stream;

  void stream_started();
  void stream_stopped();

  base::Loop& loop_;
  EngineSettings settings_;
  RtpPorts ports_;
  std::shared_ptr<Streams> streams_;
  std::uint64_t last_number_ = 0;
  unsigned running_ = 0;
  std::set<const Codec*> expected_;  // each is loaded once
  Recorder recorder_;
  SpareCoders spares_;
  Worker worker_{"media-worker"};
  MediaThread thread_;
  Devices devices_;
};

}  // namespace media
