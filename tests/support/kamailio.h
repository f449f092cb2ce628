// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/private_bus.h"

namespace test {

struct KamailioSettings {
  std::string algorithm = "";         // of its challenges: empty is MD5, or SHA-256
  std::string certificate_file = "";  // with its key; empty: no TLS
  std::string address = "127.0.0.1";
};

// A real registrar and proxy on its address, by UDP, TCP and perhaps TLS, for example.test and other.test,
// and with TLS an MSRP relay, relay.test, for the users of example.test: tests/data/kamailio.cfg.
class Kamailio {
 public:
  explicit Kamailio(const KamailioSettings& settings = {});

  std::uint16_t port(const std::string& transport = "udp") const { return transport == "tls" ? tls_port_ : port_; }
  // As the outbound proxy of an account.
  std::string host(const std::string& transport = "udp") const;
  pid_t number() const { return process_->number(); }
  // It forgets all bindings.
  void stop() { process_.reset(); }
  // On the same port again.
  void start();

 private:
  TemporaryDirectory directory_;
  const KamailioSettings settings_;
  const std::uint16_t port_;
  const std::uint16_t tls_port_;
  std::optional<Process> process_;
};

// The password that it knows of a user.
inline std::string password_of(const std::string& user) { return "secret of " + user; }

}  // namespace test
