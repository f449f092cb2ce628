// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/handshakes.h"
#include "daemon/sip/agent.h"
#include "daemon/sip/route.h"
#include "daemon/sip/sofia.h"

namespace sip {

// Which agent a dialog is with and, over TLS, where its requests go. There the library is told so for every request: it
// would go to the address in a Record-Route or Contact, and ask for a certificate of that address.
class Path {
 public:
  Path() = default;
  // Of a dialog that we begin.
  Path(Agent& agent, const Route& route) : agent_(&agent), route_(route) {}
  // Of one that the peer at the other end of its connection begins.
  Path(Agent& agent, const base::Peer& source) : agent_(&agent), source_(source) {}

  Agent* agent() const { return agent_; }
  bool is_tls() const { return agent_ && agent_->is_tls(); }
  // For NUTAG_PROXY of the first request; empty: none.
  std::string first_hop() const { return is_tls() ? Agent::hop_of(route_) : ""; }

  // The next hop by the route set or the contact of the peer.
  void learn(const url_t* next);
  // Before each request in the dialog.
  void aim(nua_handle_t* handle);

  // Why the last handshake failed; empty: it did not.
  std::string fault() const;

 private:
  std::string hop() const;

  Agent* agent_ = nullptr;
  Route route_;
  base::Peer source_;
  base::Peer next_;  // without port: it is not over TLS, or not known
  std::string aimed_;
};

}  // namespace sip
