// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <vector>

namespace dbus {

// Where all signals leave. While a request is handled they are held back, so that its reply leaves before every signal
// that it causes; at any other time they leave at once. Emissions carry the values of the moment when they were posted.
class Outbox {
 public:
  void post(std::function<void()> emission);

  void hold() { holding_ = true; }
  // Sends in the order of posting what was held back.
  void release();
  // There is nobody any more to whom anything could be told.
  void close() { closed_ = true; }

 private:
  std::vector<std::function<void()>> held_;
  bool holding_ = false;
  bool closed_ = false;
};

}  // namespace dbus
