// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/handle.h"
#include "base/loop.h"
#include "daemon/sip/agent.h"
#include "daemon/sip/leg.h"
#include "daemon/sip/registrar.h"
#include "daemon/sip/root_source.h"
#include "daemon/sip/sofia.h"

namespace sip {

struct StackSettings {
  std::string address;  // numeric, to listen on; empty: all of both families
  bool udp = true;
  bool tcp = true;
  std::uint16_t udp_port = 0;  // 0: 5060 if it is free, else any
  std::uint16_t tcp_port = 0;
  std::uint16_t tls_port = 0;  // 0: 5061 if it is free, else any
  std::string user_agent;
  std::optional<base::Handshakes::Settings> tls = {};  // nothing: we do not listen on it
};

// The SIP stack: sockets, transactions and all dialogs, on the loop's thread.
class Stack : public LegFactory, public RegistrarFactory {
 public:
  // Throws Error{no_transport} that names the port which is taken.
  Stack(base::Loop& loop, StackSettings settings, InviteListener& listener);
  ~Stack() override;
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  std::unique_ptr<Leg> create_leg() override;
  std::string local_address(const std::string& peer) const override;
  bool listens_on(const std::string& transport) const override;
  std::string contact_uri(const std::string& user, const Route& route) const override;
  std::unique_ptr<Registrar> create_registrar(std::shared_ptr<const Credentials> credentials,
                                              RegistrarListener& listener) override;
  std::unique_ptr<Flow> keep_flow(const KeepAlive& wanted, FlowListener& listener) override;

  // Ends what dialogs are left and calls back when all is quiet, after the limit at the latest.
  void shut_down(base::Duration limit, std::function<void()> done);
  // Nothing of the library calls us any more: only then may it be destroyed.
  bool quiet() const;

  const std::vector<Listening>& listening() const { return listening_; }
  // Of the agent that listens on the transport.
  std::string contact_uri(const std::string& user, const std::string& address, const std::string& transport) const;

  // Who we are for TLS connections to come.
  void set_identity(const base::Identity& identity);
  void trace_did_change();  // that of library_log(): it is wanted now, or no more

  // For the owners of handles and the agents alone.
  void on_event(Agent& agent, nua_event_t event, int status, const char* phrase, nua_handle_t* handle,
                HandleOwner* owner, const sip_t* sip);
  // Null: we do not listen on its transport, or too many names of servers have its address.
  Agent* agent_for(const Route& route);
  // What came with the event that is told now.
  msg_t* message() const;
  base::Loop& loop() const { return loop_; }
  HandleOwner& adopt(std::unique_ptr<HandleOwner> owner);
  void remove(const HandleOwner& owner);
  // Points here as long as this lives.
  const std::shared_ptr<Stack*>& life() const { return life_; }

 private:
  void listen(unsigned attempt);
  void listen_on_tls(unsigned attempt);
  void release();
  void on_new_invite(Agent& agent, nua_handle_t* handle, const sip_t* sip);

  base::Loop& loop_;
  StackSettings settings_;
  InviteListener& listener_;
  std::vector<Listening> listening_;
  base::Handle<su_root_t, su_root_destroy> root_;
  std::optional<RootSource> source_;
  std::vector<std::unique_ptr<Agent>> agents_;  // those that listen first, then those for further server names
  Agent* telling_ = nullptr;
  const std::shared_ptr<Stack*> life_ = std::make_shared<Stack*>(this);
  std::map<const HandleOwner*, std::unique_ptr<HandleOwner>> owners_;
  std::vector<const HandleOwner*> over_;  // those that nobody holds and nobody needs
  base::Timer sweep_;
  std::function<void()> done_;
  bool shutting_down_ = false;
  base::Timer limit_;
  base::Timer guests_;  // after something happened
};

}  // namespace sip
