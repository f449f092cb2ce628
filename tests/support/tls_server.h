// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/private_bus.h"

namespace test {

// A run of tests/data/tls/server.py.
class TlsServer {
 public:
  explicit TlsServer(const std::string& certificate_file, std::vector<std::string> options = {});
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::uint16_t port() const { return port_; }
  // Waits for the next line that begins so, and gives it; those before it are kept in said(). Throws when none comes.
  std::string wait(const std::string& beginning);
  // How many lines that began so came until now.
  std::size_t count(const std::string& beginning);
  const std::string& said() const { return said_; }

 private:
  bool read(std::chrono::milliseconds limit);

  int output_ = -1;
  std::optional<Process> process_;
  std::string said_;
  std::size_t looked_at_ = 0;
  std::uint16_t port_ = 0;
};

}  // namespace test
