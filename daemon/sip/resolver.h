// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/sip/route.h"
#include "daemon/sip/uri.h"

namespace sip {

// What a lookup gave: the routes in the order in which they are to be tried, or why there is none.
struct Found {
  std::vector<Route> routes;  // with numeric hosts, and the host of the URI as the name for TLS; at most 20
  std::string fault;          // a sentence for people; empty if and only if there are routes
};

// A lookup under way. Destroying it takes it back.
class Lookup {
 public:
  virtual ~Lookup() = default;
};

// RFC 3263: from a URI to the places where it can be reached.
class Resolver {
 public:
  virtual ~Resolver() = default;

  // `transports` (udp, tcp, tls) are those that may be used, the preferred one first. Calls back once, after 5 s at the
  // latest and never from within; the call may destroy the lookup, and begin another.
  virtual std::unique_ptr<Lookup> look_up(const Uri& uri, const std::vector<std::string>& transports,
                                          std::function<void(const Found&)> done) = 0;
};

}  // namespace sip
