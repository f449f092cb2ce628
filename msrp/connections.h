// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <memory>
#include <string>

#include "msrp/connection.h"

namespace msrp {

// The connections that we made to peers themselves, for further sessions with the same host, port and scheme (RFC 4975,
// 5.4). Those to a relay of the peer's are not among them: there a peer that reads nothing would hold up others.
class Connections {
 public:
  struct Target {
    std::string host;  // as the peer's URI has it
    std::uint16_t port = 0;
    bool secure = false;

    auto operator<=>(const Target&) const = default;
  };

  // One that lives and can have further sessions; null if there is none.
  std::shared_ptr<Connection> find(const Target& target) const;
  void add(const Target& target, const std::shared_ptr<Connection>& connection, bool alone);
  // The peer at its end takes one session on each: so it is as long as one of them lives.
  void keep_alone(const Connection& connection);
  // They show who we were: no further session gets one.
  void forget() { made_.clear(); }

 private:
  struct Made {
    std::weak_ptr<Connection> connection;
    bool alone = false;
  };
  std::multimap<Target, Made> made_;
};

}  // namespace msrp
