// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

namespace test {

// A TCP connection to the daemon on 127.0.0.1 that says what the test writes; closed with this object.
class StreamPeer {
 public:
  explicit StreamPeer(std::uint16_t port);
  ~StreamPeer();
  StreamPeer(const StreamPeer&) = delete;
  StreamPeer& operator=(const StreamPeer&) = delete;

  void send(const std::string& bytes) const;

 private:
  int socket_;
};

}  // namespace test
