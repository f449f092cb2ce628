// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tests/support/private_bus.h"

namespace test {

struct SippSettings {
  std::string scenario = "";  // tests/data/sipp/NAME.xml
  std::uint16_t target = 0;   // port of the daemon for a scenario that calls; 0: it is called
  std::string user = "bob";   // whom it calls
  std::string address = "127.0.0.1";
  std::string transport = "udp";
  std::map<std::string, std::string> keys = {};  // what stands in [brackets] in the scenario
};

// One run of sipp with one call.
class Sipp {
 public:
  explicit Sipp(const SippSettings& settings);

  // sip:peer@127.0.0.1:PORT
  std::string uri() const { return uri_; }
  std::uint16_t port() const { return port_; }
  // Whether it answered, or saw answered, so many UPDATEs or INVITEs after the first one.
  bool refreshed(unsigned times) const;
  // Waits for its end. Nothing, or what went wrong and the messages.
  std::string fault();

 private:
  TemporaryDirectory directory_;
  std::string uri_;
  std::uint16_t port_;
  std::optional<Process> process_;
};

// Whether somebody listens there. What runs is known by its socket: the kernel's table of sockets, not a time, tells
// when it can be called.
bool listens(std::uint16_t port, const std::string& transport, bool v6);

// A port that nobody has: of UDP and of TCP.
std::uint16_t free_port(const std::string& address = "127.0.0.1");

// $TEST_DATA/NAME: what the tests bring along.
std::string data_file(const std::string& name);
std::string read_file(const std::string& path);

}  // namespace test
