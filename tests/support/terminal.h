// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "tests/support/private_bus.h"

namespace test {

// A program at a terminal of its own, and whoever sits there.
class Terminal {
 public:
  explicit Terminal(std::vector<std::string> command, std::map<std::string, std::string> environment = {});
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  static constexpr const char* control_c = "\x03";
  static constexpr const char* control_d = "\x04";
  void type(const std::string& keys) const;
  // Waits until the screen has this text; throws with what it has when that does not come.
  void wait_for(const std::string& text);
  // All that was written to it, with what was echoed.
  const std::string& screen() const { return screen_; }
  // Whether it shows what is typed.
  bool echoes() const;
  // The exit code, when all that was written is on the screen.
  int wait();

 private:
  bool read(std::chrono::milliseconds limit);

  int master_ = -1;
  int slave_ = -1;
  std::string screen_;
  std::optional<Process> process_;
};

}  // namespace test
