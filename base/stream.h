// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/watch.h"

namespace base {

// The other end of a stream.
struct Peer {
  std::string address;  // numeric
  std::uint16_t port = 0;
  auto operator<=>(const Peer&) const = default;
};

// Of a connected socket; a port of 0: it has none. An IPv4 address is written as one, whatever the socket.
Peer peer_of_socket(int socket);
// Whether the host is a numeric IPv4 or IPv6 address, and no name.
bool is_address(const std::string& host);

// A second descriptor of a connected TCP socket that a library keeps to itself: to see what becomes of it, and to write
// between two of its messages. Empty: there is no such socket.
class Stream {
 public:
  Stream() = default;
  // Of a socket of this process; -1: none.
  static Stream of(int socket);
  // One that this process has connected with the peer, by either side.
  static Stream find(const Peer& peer);

  explicit operator bool() const { return static_cast<bool>(descriptor_); }
  const Descriptor& descriptor() const { return descriptor_; }

  std::uint64_t received() const;  // bytes
  // All that was written has arrived, and the last of it a while ago: the library is not in the middle of a message.
  bool is_clear() const;
  // Something that was written has not arrived.
  bool is_stuck() const;
  // Not of TLS. False: it does not take it.
  bool write(std::string_view bytes) const;
  // For whoever has it: it is at its end.
  void shut() const;

 private:
  explicit Stream(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  Descriptor descriptor_;
};

}  // namespace base
