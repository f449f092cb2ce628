// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/loop.h"

#include <utility>

#include <glib-unix.h>

namespace base {
namespace {

using Call = std::function<void()>;

gboolean call_always(gpointer call) noexcept { return (*static_cast<Call*>(call))(), G_SOURCE_CONTINUE; }
void destroy_call(gpointer call) noexcept { std::default_delete<Call>()(static_cast<Call*>(call)); }

gboolean call_due_timers(gpointer loop) noexcept { return static_cast<Loop*>(loop)->call_due(), G_SOURCE_CONTINUE; }
gboolean call_posted_calls(gpointer loop) noexcept {
  return static_cast<Loop*>(loop)->call_posted(), G_SOURCE_CONTINUE;
}

gboolean dispatch(GSource*, GSourceFunc call, gpointer loop) noexcept { return call(loop); }

// Its ready time alone makes the source due.
GSourceFuncs source_functions{nullptr, nullptr, dispatch, nullptr, nullptr, nullptr};

GSource* add_source(GSourceFunc call, Loop* loop) {
  GSource* source = g_source_new(&source_functions, sizeof(GSource));
  g_source_set_callback(source, call, loop, nullptr);
  g_source_attach(source, nullptr);
  return source;
}

Call* keep(Call call) { return std::make_unique<Call>(std::move(call)).release(); }

}  // namespace

void Timer::start(Duration duration, std::function<void()> call) {
  stop();
  id_ = scheduler_.call_after(duration, [this, call = std::move(call)] {
    // The call may destroy this timer: nothing of it is touched after.
    id_ = 0;
    const auto copy = call;
    copy();
  });
}

void Timer::stop() {
  if (id_ != 0) scheduler_.cancel(std::exchange(id_, 0));
}

Loop::Loop()
    : loop_(g_main_loop_new(nullptr, FALSE)),
      timers_(add_source(call_due_timers, this)),
      posts_(add_source(call_posted_calls, this)) {}

Loop::~Loop() {
  g_source_destroy(posts_.get());
  g_source_destroy(timers_.get());
  for (const unsigned id : signals_) g_source_remove(id);
}

int Loop::run() {
  g_main_loop_run(loop_.get());
  return result_;
}

void Loop::quit(int result) {
  result_ = result;
  g_main_loop_quit(loop_.get());
}

void Loop::post(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(call));
  }
  // Ready at once, and it wakes the loop.
  g_source_set_ready_time(posts_.get(), 0);
}

std::size_t Loop::posted() {
  const std::lock_guard lock(mutex_);
  return posted_.size();
}

void Loop::call_posted() {
  g_source_set_ready_time(posts_.get(), -1);
  // What a call posts waits for the next turn: the loop has others to serve.
  for (auto left = posted(); left > 0; --left) {
    std::unique_lock lock(mutex_);
    const Call call = std::move(posted_.front());
    posted_.pop_front();
    lock.unlock();
    call();
  }
}

void Loop::on_signal(int number, std::function<void()> call) {
  signals_.push_back(
      g_unix_signal_add_full(G_PRIORITY_DEFAULT, number, call_always, keep(std::move(call)), destroy_call));
}

unsigned Loop::call_after(Duration duration, std::function<void()> call) {
  const gint64 time = g_get_monotonic_time() + std::chrono::microseconds(duration).count();
  const unsigned id = ++last_id_;
  calls_.emplace(When{time, id}, std::move(call));
  times_.emplace(id, time);
  await_first();
  return id;
}

void Loop::cancel(unsigned id) {
  const auto at = times_.find(id);
  if (at == times_.end()) return;
  calls_.erase({at->second, id});
  times_.erase(at);
  await_first();
}

void Loop::await_first() {
  const gint64 first = calls_.empty() ? -1 : calls_.begin()->first.first;
  if (g_source_get_ready_time(timers_.get()) != first) g_source_set_ready_time(timers_.get(), first);
}

void Loop::call_due() {
  // What a call starts for now waits for the next turn: the loop has others to serve.
  const When now{g_get_monotonic_time(), last_id_};
  while (!calls_.empty() && calls_.begin()->first <= now) {
    auto due = calls_.extract(calls_.begin());
    times_.erase(due.key().second);
    due.mapped()();
  }
  await_first();
}

}  // namespace base
