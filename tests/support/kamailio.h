// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/private_bus.h"

namespace test {

// A real registrar and proxy on 127.0.0.1, by UDP and TCP, for example.test and other.test: tests/data/kamailio.cfg.
class Kamailio {
 public:
  // `algorithm` of its challenges: empty is MD5, or SHA-256.
  explicit Kamailio(const std::string& algorithm = "");

  std::uint16_t port() const { return port_; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  // It forgets all bindings.
  void stop() { process_.reset(); }
  // On the same port again.
  void start();

 private:
  TemporaryDirectory directory_;
  const std::string algorithm_;
  std::uint16_t port_;
  std::optional<Process> process_;
};

// The password that it knows of a user.
inline std::string password_of(const std::string& user) { return "secret of " + user; }

}  // namespace test
