// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "media/ring.h"
#include "media/wav_file.h"

namespace media {

enum class RecordingLayout { mixed, stereo };

// One recording on its way from the tick to the disk. The tick writes frames and says when it lets go; the writer's
// thread takes them, and destroys it after that.
class Recording {
 public:
  // Called once, on the writer's thread, with what went wrong: nothing if all is written.
  using Done = std::function<void(std::string failure)>;

  Recording(WavFile file, RecordingLayout layout, unsigned sample_rate, Done done);

  // The tick's side. Frames of one length, of one tick; false once the file failed.
  bool write(std::span<const Sample> local, std::span<const Sample> remote);
  void let_go() { released_.store(true, std::memory_order_release); }

  // The writer's side: false when nothing more comes and all is on its way to the disk.
  bool flush();

 private:
  WavFile::Failure keep(std::span<const Sample> sound, bool last);

  WavFile file_;
  RecordingLayout layout_;
  Done done_;
  Ring<Sample> ring_;
  std::vector<Sample> frame_;  // of the tick
  std::vector<Sample> block_;  // of the writer
  // Half a second. Sound is counted, not time: a writer that gets no processor loses no more than others.
  std::size_t sound_per_header_;
  std::size_t unclaimed_ = 0;  // samples in the file that its header does not know
  bool begun_ = false;
  bool closed_ = false;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> released_ = false;
};

// The one thread that writes all recordings. It runs while there are some.
class Recorder {
 public:
  Recorder() = default;
  ~Recorder();

  void add(std::unique_ptr<Recording> recording);
  // Any thread: something was let go.
  void hurry();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Recording>> added_;
  bool hurried_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace media
