// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/recorder.h"

#include <pthread.h>

#include <csignal>

namespace media {
namespace {

constexpr std::chrono::milliseconds flush_interval(50);
constexpr unsigned seconds_in_ring = 4;  // what a disk may stall without loss

}  // namespace

Recording::Recording(WavFile file, RecordingLayout layout, unsigned sample_rate, Done done)
    : file_(std::move(file)),
      layout_(layout),
      done_(std::move(done)),
      ring_(std::size_t{seconds_in_ring} * sample_rate * (layout == RecordingLayout::stereo ? 2 : 1)),
      block_(sample_rate / 2),
      sound_per_header_(std::size_t{sample_rate} * (layout == RecordingLayout::stereo ? 2 : 1) / 2) {
  frame_.reserve(2 * sample_rate / ticks_per_second);
}

bool Recording::write(std::span<const Sample> local, std::span<const Sample> remote) {
  if (failed_.load(std::memory_order_relaxed)) return false;
  frame_.clear();
  for (std::size_t i = 0; i < local.size(); ++i) {
    if (layout_ == RecordingLayout::stereo) {
      frame_.push_back(local[i]);
      frame_.push_back(remote[i]);
    } else {
      frame_.push_back(saturate(local[i] + remote[i]));
    }
  }
  // A disk that stalls for longer costs sound, never the call.
  ring_.write(frame_);
  return true;
}

WavFile::Failure Recording::keep(std::span<const Sample> sound, bool last) {
  // A file is one of sound from its first byte on, also if we are killed before the second write.
  if (!begun_)
    if (auto failure = file_.write_sizes()) return failure;
  begun_ = true;
  if (auto failure = file_.append(sound)) return failure;
  unclaimed_ += sound.size();
  if (!last && unclaimed_ < sound_per_header_) return {};
  unclaimed_ = 0;
  return file_.write_sizes();
}

bool Recording::flush() {
  const bool released = released_.load(std::memory_order_acquire);
  while (!closed_) {
    const std::size_t count = ring_.read(block_);
    const bool last = released && count < block_.size();
    const auto failure = keep(std::span(block_).first(count), last);
    if (failure || last) {
      if (failure) file_.cut_to_whole_frames();
      file_.close();
      closed_ = true;
      failed_ = failure.has_value();
      done_(failure.value_or(std::string()));
    }
    if (count < block_.size()) break;
  }
  return !(closed_ && released);
}

Recorder::~Recorder() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Recorder::add(std::unique_ptr<Recording> recording) {
  {
    const std::lock_guard lock(mutex_);
    added_.push_back(std::move(recording));
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  changed_.notify_one();
}

void Recorder::hurry() {
  {
    const std::lock_guard lock(mutex_);
    hurried_ = true;
  }
  changed_.notify_one();
}

void Recorder::run() {
  pthread_setname_np(pthread_self(), "media-recorder");
  // A file at its size limit is an error of that recording, not a signal that ends the process.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::vector<std::unique_ptr<Recording>> recordings;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      const auto woken = [this] { return ending_ || hurried_ || !added_.empty(); };
      if (recordings.empty())
        changed_.wait(lock, woken);
      else
        changed_.wait_for(lock, flush_interval, woken);
      std::move(added_.begin(), added_.end(), std::back_inserter(recordings));
      added_.clear();
      hurried_ = false;
      if (ending_)
        for (const auto& recording : recordings) recording->let_go();
      if (ending_ && recordings.empty()) return;
    }
    std::erase_if(recordings, [](const auto& recording) { return !recording->flush(); });
  }
}

}  // namespace media
