// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <sdbus-c++/sdbus-c++.h>

#include "tests/support/private_bus.h"

namespace test {

// What of logind a program sees that wants to know of sleep. It answers in a thread of its own.
class Logind {
 public:
  explicit Logind(const PrivateBus& bus);
  ~Logind();
  Logind(const Logind&) = delete;
  Logind& operator=(const Logind&) = delete;

  // Says that the machine is about to sleep, or has awoken.
  void prepare_for_sleep(bool asleep);
  // What was inhibited so far, each as "sleep delay", whether or not it still is.
  std::vector<std::string> inhibited() const;
  // Whether every inhibitor is given back, at the latest after so long.
  bool released(std::chrono::milliseconds limit) const;

 private:
  std::unique_ptr<sdbus::IConnection> connection_;
  std::unique_ptr<sdbus::IObject> object_;
  mutable std::mutex mutex_;  // of what follows
  std::vector<std::string> inhibited_;
  std::vector<sdbus::UnixFd> ends_;  // ours of each inhibitor: it closes with the other's
};

}  // namespace test
