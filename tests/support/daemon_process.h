// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/private_bus.h"

namespace test {

// The sipsessiond of this build ($SIPSESSIOND) on a bus, with a configuration and data of its own. It is there when the
// constructor returns; the destructor ends it if stop() did not.
class DaemonProcess {
 public:
  // `config` is the text of its configuration file; `errors` takes what it logs, -1: ours.
  explicit DaemonProcess(const PrivateBus& bus, const std::string& config = "", std::vector<std::string> options = {},
                         const std::map<std::string, std::string>& environment = {}, int errors = -1);

  // Asks it to end and gives its exit code.
  int stop();
  // Starts it again, with its files as they are now. One that still runs is killed, as by a power cut.
  void start_again();

  Process& process() { return *process_; }
  std::filesystem::path config_file() const { return directory_.path() / "sipsessiond.conf"; }
  std::filesystem::path data_directory() const { return directory_.path() / "data"; }

 private:
  void start();

  const PrivateBus& bus_;
  TemporaryDirectory directory_;
  std::vector<std::string> command_;
  std::map<std::string, std::string> environment_;
  const int errors_;
  std::optional<Process> process_;
};

}  // namespace test
