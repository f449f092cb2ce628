// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/loop.h"
#include "base/stream.h"
#include "daemon/sip/registrar.h"

namespace sip {

class Agent;
class Stack;

// The time to the next packet: 80 to 100 percent of the longest, so that those of many accounts spread (RFC 5626, 4.4).
base::Duration spread(base::Duration longest);

// The connection with a registrar, by TCP or TLS. The library's own pings would go to every peer, also to one that
// knows nothing of them, in one interval for all, not over TLS, and it tells nobody when no pong comes.
class StreamFlow final : public Flow {
 public:
  // `wanted.route` as it was given for the REGISTER.
  StreamFlow(Stack& stack, const KeepAlive& wanted, FlowListener& listener);

 private:
  void wait();
  void ping();
  void judge();
  void lose(const std::string& reason);
  Agent* agent() const;

  const std::shared_ptr<Stack*> stack_;
  const KeepAlive wanted_;
  FlowListener& listener_;
  Route route_;  // with the name of the server
  base::Stream stream_;
  std::optional<base::Watch> watch_;
  base::Timer next_;
  base::Timer pong_;
  std::uint64_t received_ = 0;  // bytes, at the ping
  bool answers_;                // it is known to answer pings
};

}  // namespace sip
