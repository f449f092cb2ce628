// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/worker.h"

#include <pthread.h>

namespace media {

void Worker::end() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (!thread_.joinable() && !ending_) thread_ = std::thread([this] { run(); });
  }
  changed_.notify_one();
}

void Worker::run() {
  pthread_setname_np(pthread_self(), name_);
  std::vector<Task> tasks;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      tasks.swap(tasks_);
    }
    for (Task& task : tasks) task();
    tasks.clear();
  }
}

}  // namespace media
