// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/loop.h"
#include "media/device_list.h"
#include "media/media_thread.h"
#include "media/worker.h"

namespace media {

// The shared input and output of an engine. They are open only while streams run: no microphone listens without a call.
// What is missing or fails is replaced by `none`, with one line in the log, and calls go on.
class Devices {
 public:
  struct Wanted {
    std::string input;
    std::string output;
    unsigned sample_rate;
  };

  // Throws Error{invalid_argument} for a device that can not be meant.
  Devices(base::Loop& loop, MediaThread& thread, Wanted wanted);
  ~Devices();

  // On the loop's thread; what these begin, the devices' own thread ends.
  void open();
  void close();
  void look();
  void on_changed(std::function<void()> call) { changed_ = std::move(call); }

  // What was last seen.
  std::vector<Device> inputs() const { return seen().inputs; }
  std::vector<Device> outputs() const { return seen().outputs; }
  std::string input_in_use() const { return seen().input_in_use; }
  std::string output_in_use() const { return seen().output_in_use; }

  // Waits for what was begun; nothing is opened after.
  void end() { worker_.end(); }

 private:
  struct Seen {
    std::vector<Device> inputs, outputs;
    std::string input_in_use, output_in_use;
    bool operator==(const Seen&) const = default;
  };

  // On the devices' own thread.
  std::unique_ptr<SoundSource> make_source(const DeviceList* list, std::uint64_t opening);
  std::unique_ptr<SoundSink> make_sink(const DeviceList* list, std::uint64_t opening);
  void replace(std::unique_ptr<SoundSource> source);
  void replace(std::unique_ptr<SoundSink> sink);
  void fail(bool input, std::uint64_t opening, const std::string& reason);
  DeviceFailed failure_of(bool input, std::uint64_t opening);
  void see(const Seen& seen);
  Seen seen() const;

  base::Loop& loop_;
  MediaThread& thread_;
  const Wanted wanted_;
  std::function<void()> changed_;
  std::shared_ptr<Devices*> self_;  // what is posted finds out that this is gone
  std::uint64_t opening_ = 0;       // of the worker: what fails later is of this or of an earlier one
  mutable std::mutex mutex_;
  Seen seen_;
  Worker worker_{"media-devices"};
};

}  // namespace media
