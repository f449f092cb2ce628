// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "media/task.h"

namespace media {

// A thread that runs what may take its time, in the order of posting. It starts with the first task and sleeps
// between tasks; its end waits for them.
class Worker {
 public:
  // The name is seen in lists of threads: 15 characters at most.
  explicit Worker(const char* name) : name_(name) {}
  ~Worker() { end(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Waits for what was posted and ends the thread. What is posted after is only destroyed.
  void end();

  // Any thread may post. No exception may leave the task.
  void post(Task task);

 private:
  void run();

  const char* name_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Task> tasks_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace media
