// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/handshakes.h"
#include "daemon/sip/route.h"
#include "daemon/sip/sofia.h"

namespace sip {

class Stack;

// One transport that we listen on.
struct Listening {
  std::string transport;  // udp, tcp or tls
  std::string address;    // numeric; empty: all
  std::uint16_t port;
};

// One nua of the library with its sockets: for UDP and TCP, or for TLS alone. The stack owns it, and hears all that it
// tells. An agent of TLS has one server name for each address and port: the library would use a connection again for
// another name.
class Agent {
 public:
  // Throws Error{no_transport} when the library cannot listen there.
  Agent(Stack& stack, su_root_t* root, std::vector<Listening> listening, const std::string& user_agent,
        std::optional<base::Handshakes::Settings> tls);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  const std::vector<Listening>& listening() const { return listening_; }
  bool is_tls() const { return handshakes_ != nullptr; }
  // Whether the route can be taken from here. If so, its address has its name from now on.
  bool takes(const Route& route);
  // sip:user@address:port with a transport parameter unless it is udp; sips: when all hops must be secure.
  std::string contact_uri(const std::string& user, const std::string& address, const std::string& transport,
                          bool secure) const;

  // A handle of the owner for requests to the route, one that this agent takes. Over TLS the owner is told by
  // on_tls_fault() of a handshake that failed.
  nua_handle_t* create_handle(HandleOwner& owner, const Route& route, const std::string& url, const std::string& to,
                              const std::string& from);
  // The owner is gone, or hears no more of handshakes.
  void forget(const HandleOwner& owner);
  void set_identity(const base::Identity& identity);
  void trace_did_change();

  // What NUTAG_PROXY must be, so that a request goes to the route whose name is checked; only for TLS.
  static std::string hop_of(const Route& route);
  // The same for a request in a dialog: over the peer's own connection while that is there, else to the next hop.
  std::string hop_in_dialog(const base::Peer& source, const base::Peer& next) const;
  // Why the last handshake with the peer failed; empty: it did not.
  std::string fault_of(const base::Peer& peer) const;

  // The connection that requests to the route go over, by TCP or TLS; empty: there is none.
  base::Stream stream_to(const Route& route) const;
  // Between two messages; false: it does not take it.
  bool write(const Route& route, const base::Stream& stream, std::string_view bytes);

  nua_t* nua() const { return nua_; }
  void shut_down();
  // Nothing of the library calls us any more: only then may it be destroyed.
  bool quiet() const { return quiet_; }

  // For the callback of nua alone.
  void on_event(nua_event_t event, int status, const char* phrase, nua_handle_t* handle, HandleOwner* owner,
                const sip_t* sip);

 private:
  void on_fault(const base::Peer& peer, const std::string& fault);

  Stack& stack_;
  const std::vector<Listening> listening_;
  std::unique_ptr<base::Handshakes> handshakes_;  // of TLS only
  std::multimap<base::Peer, HandleOwner*> waiting_;
  nua_t* nua_ = nullptr;
  bool quiet_ = false;
};

}  // namespace sip
