// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/private_bus.h"

namespace test {

// A real name server on 127.0.0.1 that knows only these records and nothing of this machine.
class Dnsmasq {
 public:
  // Lines of its configuration: "host-record=gate.test,127.0.0.1", "srv-host=…", "naptr-record=…". It answers for all
  // of .test when the constructor returns.
  explicit Dnsmasq(const std::vector<std::string>& lines);

  std::string text() const { return "127.0.0.1:" + std::to_string(port_); }
  void stop() { process_.reset(); }
  // On the same port again, perhaps with other records.
  void start(const std::vector<std::string>& lines);

 private:
  TemporaryDirectory directory_;
  std::uint16_t port_;
  std::optional<Process> process_;
};

}  // namespace test
