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
  // `config` is the text of its configuration file.
  explicit DaemonProcess(const PrivateBus& bus, const std::string& config = "", std::vector<std::string> options = {},
                         const std::map<std::string, std::string>& environment = {});

  // Asks it to end and gives its exit code.
  int stop();

  Process& process() { return *process_; }
  std::filesystem::path config_file() const { return directory_.path() / "sipsessiond.conf"; }
  std::filesystem::path data_directory() const { return directory_.path() / "data"; }

 private:
  TemporaryDirectory directory_;
  std::optional<Process> process_;
};

}  // namespace test
