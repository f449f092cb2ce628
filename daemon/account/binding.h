// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "daemon/account/registration.h"
#include "daemon/account/turns.h"

namespace account {

Moment monotonic_now();

// What registering needs of the house; all accounts share it, and it outlives them.
struct Registering {
  base::Scheduler& scheduler;
  sip::Resolver& resolver;
  Turns& turns;                                          // at each server, of those that are not registered yet
  std::function<sip::RegistrarFactory*()> registrars;    // null while SIP does not run
  std::function<std::vector<std::string>()> transports;  // that may be used, the preferred one first
  std::function<Moment()> now = monotonic_now;
  std::string installation = {};  // tells this daemon from others, today and tomorrow
};

// Who registers, and with whom.
struct Identity {
  std::string address_of_record;
  std::string contact_user;
  sip::Uri registrar;     // of the domain
  sip::Uri first_hop;     // looked up: the outbound proxy, or else the registrar
  unsigned interval = 0;  // seconds
  bool rewrite_contact = false;
  std::string tls_name = {};        // of the account's servers; empty: as they are looked up
  bool outbound = false;            // RFC 5626
  std::string instance = {};        // a URN, for outbound
  unsigned keepalive_interval = 0;  // seconds; 0: the flow is not kept
};

// Keeps one account registered: does what its Registration wants, with the resolver, the SIP stack and a timer.
class Binding : private RegistrationOwner, private sip::RegistrarListener, private sip::FlowListener {
 public:
  using Listener = std::function<void(const RegistrationEvent&)>;

  // The listener is told when the properties are as the event says.
  Binding(const Registering& registering, std::shared_ptr<sip::Credentials> credentials, Listener listener);
  ~Binding() override;
  Binding(const Binding&) = delete;
  Binding& operator=(const Binding&) = delete;

  // Registers now; whatever was so before.
  void start(const Identity& identity);
  void wait(const Identity& identity, const std::string& reason);
  void stop();

  bool idle() const { return registration_.idle(); }
  bool ending() const { return registration_.ending(); }
  const RegistrationProperties& properties() const { return properties_; }

 private:
  bool take_turn() override;
  void look_up(const std::string& redirection) override;
  std::string contact(const sip::Route& route) override;
  unsigned interval() const override { return identity_.interval; }
  bool outbound() const override { return identity_.outbound; }
  void send(const sip::Register& request) override;
  void give_up() override;
  void tell(const RegistrationEvent& event) override;
  double random() override;
  void on_register_answer(const sip::RegisterAnswer& answer) override;
  void on_flow_lost(const std::string& reason) override;

  void on_found(const sip::Found& found);
  void keep_flow(const sip::RegisterAnswer& answer);
  bool learn_address(const sip::RegisterAnswer& answer);
  void after();

  const Registering& registering_;
  const std::shared_ptr<sip::Credentials> credentials_;
  const Listener listener_;
  Identity identity_;
  Registration registration_{*this};
  RegistrationProperties properties_;
  std::optional<Moment> expires_;  // those of the properties, by the other clock
  std::optional<Moment> next_try_;
  base::Timer timer_;
  std::unique_ptr<Turns::Turn> turn_;
  std::unique_ptr<sip::Lookup> lookup_;
  bool trusted_ = false;  // what is looked up belongs to the account
  std::unique_ptr<sip::Registrar> registrar_;
  sip::Register sent_;
  std::unique_ptr<sip::Flow> flow_;  // while we are registered
  // Our address as that server sees it.
  struct Seen {
    std::string server;
    std::string address;
    std::uint16_t port = 0;
    Moment since{};
  } seen_;
};

}  // namespace account
