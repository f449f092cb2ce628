// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "tests/support/recorder.h"
#include "tests/support/sip_message.h"

namespace test {

// A server on 127.0.0.1 that the daemon connects to by TCP, one connection after the other, and whose every byte the
// test writes.
class StreamServer {
 public:
  StreamServer();
  ~StreamServer();
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string host() const;  // 127.0.0.1:PORT;transport=tcp

  // The next message, of the connection or of one that is made then. What is white space before it is a ping. Throws
  // when none comes.
  SipMessage receive(std::chrono::milliseconds limit = patience);
  // How many bytes of line ends came before or between messages until now; waits until there are so many.
  std::size_t wait_for_pings(std::size_t bytes, std::chrono::milliseconds limit = patience);
  void send(const std::string& bytes) const;
  // With this answer, whole lines of further headers, and no body.
  void reply(const SipMessage& request, const std::string& status, const std::string& headers = "") const;
  void close_connection();
  unsigned connections() const { return connections_; }

 private:
  bool read(std::chrono::steady_clock::time_point end);
  void take_pings();

  int listener_;
  int connection_ = -1;
  std::uint16_t port_ = 0;
  std::string read_;
  std::size_t pings_ = 0;
  unsigned connections_ = 0;
};

}  // namespace test
