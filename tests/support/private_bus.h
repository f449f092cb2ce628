// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sdbus-c++/IConnection.h>
#include <sys/types.h>

namespace test {

// A directory of its own under the temporary one, gone with this object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A process that we started; ended by its number when this object goes.
class Process {
 public:
  // `environment` is added to ours. `output` and `errors` take what it writes to standard output and
  // standard error, `input` is what it reads; -1: ours.
  explicit Process(std::vector<std::string> command, std::map<std::string, std::string> environment = {},
                   int output = -1, int errors = -1, int input = -1);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t number() const { return number_; }
  void signal(int number) const;
  // The exit code, or 128 and the signal that ended it; nothing when it runs still after so long.
  std::optional<int> wait(std::chrono::milliseconds limit);
  // Whether it left one when it ended.
  bool dumped_core() const { return dumped_core_; }

 private:
  pid_t number_ = -1;
  int descriptor_ = -1;
  std::optional<int> result_;
  bool dumped_core_ = false;
};

// A message bus for one test, with nothing of this machine's services and configuration.
class PrivateBus {
 public:
  // `services` is a directory of files for activation; empty: none.
  explicit PrivateBus(const std::string& services = "");

  const std::string& address() const { return address_; }
  std::unique_ptr<sdbus::IConnection> connect() const;
  // It goes away under its clients.
  void stop() { daemon_.reset(); }

 private:
  TemporaryDirectory directory_;
  std::optional<Process> daemon_;
  std::string address_;
};

}  // namespace test
