// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

#include "msrp/chat.h"
#include "msrp/surroundings.h"
#include "msrp/wire.h"

namespace msrp {

// Whoever has a connection. It is called from the loop, and may destroy the connection.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  // The chat may have events, or the wire is broken.
  virtual void on_progress() = 0;
};

// Drives one Chat over one wire: gives it the bytes and the time, and writes what it says. The chat outlives it.
class Connection {
 public:
  // Bytes that are written before others have their turn.
  static constexpr std::size_t most_at_once = 32768;
  static constexpr std::size_t largest_read = 65536;

  Connection(base::Scheduler& scheduler, const Clock& clock, Wire wire, Chat& chat, ConnectionOwner& owner);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The chat is connected, and gets the bytes that came before.
  void begin(std::string_view bytes);
  // The chat was given something to say.
  void send_soon();
  // Nothing is read or written from now on, but the peer does not see the end before the destructor.
  void stop();

  const Wire& wire() const { return wire_; }

 private:
  void on_bytes();
  void on_room();
  void on_time();
  void go_on(Time now);
  void write(Time now);
  void arm(Time now);

  const Clock& clock_;
  Wire wire_;
  Chat& chat_;
  ConnectionOwner& owner_;
  base::Timer deadline_;
  Time due_{};  // when the deadline is, while it runs
  base::Timer soon_;
};

}  // namespace msrp
