// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/media_thread.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

namespace media {
namespace {

constexpr std::uint64_t most_made_up = 3;

timespec to_timespec(Time time) {
  return {.tv_sec = static_cast<time_t>(time.count() / 1'000'000'000), .tv_nsec = time.count() % 1'000'000'000};
}

// What eventfd and timerfd have counted since; 0 if nothing.
std::uint64_t take_count(const Descriptor& descriptor) {
  std::uint64_t count = 0;
  if (::read(descriptor.number(), &count, sizeof count) != sizeof count) return 0;
  return count;
}

// Sound is late when a busy machine lets us wait. Where the user may not ask for this, it works without.
void raise_priority() {
  const sched_param wanted{.sched_priority = 5};
  pthread_setschedparam(pthread_self(), SCHED_RR | SCHED_RESET_ON_FORK, &wanted);
}

}  // namespace

MediaThread::MediaThread(unsigned sample_rate)
    : wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      heard_(sample_rate),
      mixed_(sample_rate / ticks_per_second),
      mix_(mixed_.size()),
      thread_([this] { run(); }) {}

MediaThread::~MediaThread() { end(); }

void MediaThread::end() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  eventfd_write(wake_.number(), 1);
  thread_.join();
}

void MediaThread::post(Task task) {
  {
    // Held for a push or a swap only, never while anything is done.
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(task));
  }
  eventfd_write(wake_.number(), 1);
}

void MediaThread::add(RtpLeg& leg) {
  if (std::find(legs_.begin(), legs_.end(), &leg) != legs_.end()) return;
  leg.discard(present());
  legs_.push_back(&leg);
  if (legs_.size() == 1) wind_timer(true);
}

void MediaThread::remove(RtpLeg& leg) {
  if (std::erase(legs_, &leg) > 0 && legs_.empty()) wind_timer(false);
}

std::unique_ptr<SoundSource> MediaThread::set_source(std::unique_ptr<SoundSource> source) {
  std::swap(source, source_);
  return source;
}

std::unique_ptr<SoundSink> MediaThread::set_sink(std::unique_ptr<SoundSink> sink) {
  std::swap(sink, sink_);
  return sink;
}

Tick MediaThread::present() {
  timespec wall{};
  clock_gettime(CLOCK_REALTIME, &wall);
  Tick tick{.due = due_,
            .now = now(),
            .wall = std::chrono::seconds(wall.tv_sec) + Time(wall.tv_nsec),
            .batch = batch_,
            .heard = heard_,
            .mix = sink_ ? std::span(mix_) : std::span<int>()};
  batch_.wall_offset = tick.now - tick.wall;
  return tick;
}

void MediaThread::wind_timer(bool on) {
  itimerspec times{};
  due_ = now();
  if (on) times = {.it_interval = to_timespec(tick_duration), .it_value = to_timespec(due_ + tick_duration)};
  timerfd_settime(timer_.number(), TFD_TIMER_ABSTIME, &times, nullptr);
}

void MediaThread::run() {
  pthread_setname_np(pthread_self(), "media-tick");
  raise_priority();
  while (true) {
    pollfd polled[] = {{wake_.number(), POLLIN, 0}, {timer_.number(), POLLIN, 0}};
    ::poll(polled, 2, -1);
    if (polled[0].revents != 0) {
      take_count(wake_);
      run_tasks();
      const std::lock_guard lock(mutex_);
      if (ending_ && posted_.empty()) return;
    }
    const std::uint64_t due = take_count(timer_);
    const std::uint64_t made_up = std::min(due, most_made_up);
    if (due > made_up) skipped_.add(due - made_up);
    due_ += static_cast<std::int64_t>(due - made_up) * tick_duration;
    for (std::uint64_t i = 0; i < made_up; ++i) {
      due_ += tick_duration;
      tick();
    }
  }
}

void MediaThread::run_tasks() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(posted_);
  }
  for (Task& task : tasks) task();
}

void MediaThread::tick() {
  const auto frame = heard_.next();
  if (source_)
    source_->read(frame);
  else
    std::fill(frame.begin(), frame.end(), Sample{0});
  std::fill(mix_.begin(), mix_.end(), 0);
  const Tick tick = present();
  for (RtpLeg* leg : legs_) leg->tick(tick);
  if (!sink_) return;
  std::transform(mix_.begin(), mix_.end(), mixed_.begin(), saturate);
  sink_->write(mixed_);
}

}  // namespace media
