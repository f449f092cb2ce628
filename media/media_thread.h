// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include "media/counters.h"
#include "media/rtp_leg.h"
#include "media/sound_device.h"
#include "media/task.h"

namespace media {

// The thread that carries all sound, one frame every 20 ms. It sleeps without any wake-up while no leg runs. Nothing on
// it waits: what could is done elsewhere and handed over by post().
class MediaThread {
 public:
  explicit MediaThread(unsigned sample_rate);
  ~MediaThread();
  MediaThread(const MediaThread&) = delete;
  MediaThread& operator=(const MediaThread&) = delete;

  // Any thread. The tasks run on the media thread, in order, between two ticks.
  void post(Task task);

  // Runs what was posted, then ends the thread. Nothing may be posted after.
  void end();

  // How many ticks a stall has cost, beyond those made up.
  std::uint64_t skipped_ticks() const { return skipped_.value(); }

  // The rest: on the media thread only.
  // It may run already. What came for it before is thrown away.
  void add(RtpLeg& leg);
  void remove(RtpLeg& leg);
  // Each gives back the one before.
  std::unique_ptr<SoundSource> set_source(std::unique_ptr<SoundSource> source);
  std::unique_ptr<SoundSink> set_sink(std::unique_ptr<SoundSink> sink);
  Tick present();

 private:
  void run();
  void run_tasks();
  void wind_timer(bool on);
  void tick();

  Descriptor wake_;
  Descriptor timer_;
  std::mutex mutex_;
  std::vector<Task> posted_;
  bool ending_ = false;
  Counter skipped_;
  Time due_{};  // of the tick that runs

  std::vector<RtpLeg*> legs_;
  std::unique_ptr<SoundSource> source_;
  std::unique_ptr<SoundSink> sink_;
  Batch batch_;
  Heard heard_;
  std::vector<Sample> mixed_;
  std::vector<int> mix_;
  std::thread thread_;
};

}  // namespace media
