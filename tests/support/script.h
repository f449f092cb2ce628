// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/private_bus.h"

namespace test {

// A run of a Python program that reads commands and says what happens, a line for each thing. Its first words are the
// port that it listens on: "PORT 1234".
class Script {
 public:
  Script(const std::string& file, const std::vector<std::string>& options);
  ~Script();
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  std::uint16_t port() const { return port_; }
  void tell(const std::string& line) const;
  // Waits for the next line that begins so, and gives it; those before it are kept in said(). Throws when none comes.
  std::string wait(const std::string& beginning);
  // How many lines that began so came until now.
  std::size_t count(const std::string& beginning);
  // Waits until so many came, and skips none for wait(). Throws when they do not come.
  void wait_until(const std::string& beginning, std::size_t number);
  const std::string& said() const { return said_; }
  Process& process() { return *process_; }

 private:
  bool read(std::chrono::milliseconds limit);

  int input_ = -1;
  int output_ = -1;
  std::optional<Process> process_;
  std::string said_;
  std::size_t looked_at_ = 0;
  bool open_ = true;
  std::uint16_t port_ = 0;
};

}  // namespace test
