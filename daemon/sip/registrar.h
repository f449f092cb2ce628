// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/loop.h"
#include "daemon/sip/credentials.h"
#include "daemon/sip/route.h"

// One binding at a registrar as an account sees it (RFC 3261, 10).
namespace sip {

// What a REGISTER says. URIs are checked ones.
struct Register {
  std::string registrar;            // the Request-URI
  std::string address_of_record;    // From and To
  std::string contact;              // URI
  std::string former_contact;       // another URI that is taken back at the same time; empty: none
  std::optional<unsigned> expires;  // seconds; 0 takes the binding back; nothing: the registrar chooses
  Route route;
  bool outbound = false;      // RFC 5626: the binding is to this flow
  std::string instance = {};  // a URN, for outbound
};

struct RegisteredContact {
  std::string uri;
  std::optional<unsigned> expires;  // seconds
};

// The final answer. Texts are fit for people and of bounded length.
struct RegisterAnswer {
  unsigned code = 0;  // 0: no response came, and the reason says why
  std::string reason = {};
  std::vector<RegisteredContact> contacts = {};  // all that the registrar knows; of a 3xx where to ask
  std::optional<unsigned> expires = {};          // seconds, of the header field
  unsigned min_expires = 0;                      // of a 423, also one that was answered meanwhile
  unsigned retry_after = 0;                      // seconds
  std::string realm = {};                        // that took our password; empty: none was asked for
  std::string seen_address = {};                 // where the request came from, as the server saw it; empty: not told
  std::uint16_t seen_port = 0;
  bool outbound = false;    // the registrar sends calls through our flow (RFC 5626, 6)
  unsigned flow_timer = 0;  // seconds; it closes flows that are silent longer (RFC 5626, 5.4); 0: not told
};

class RegistrarListener {
 public:
  virtual ~RegistrarListener() = default;
  // Once for each send() that was not followed by another.
  virtual void on_register_answer(const RegisterAnswer& answer) = 0;
};

class Registrar {
 public:
  virtual ~Registrar() = default;
  // Takes the place of a request that has no answer yet, of which nothing is told then. How long to wait is for the
  // caller to know.
  virtual void send(const Register& request) = 0;
};

// The way that a REGISTER took is kept open, and watched: RFC 5626, 3.5 and 4.4.
struct KeepAlive {
  Route route;
  std::string registrar;    // the Request-URI for OPTIONS
  base::Duration interval;  // the longest between two packets
  bool must_answer;         // or else only who has answered once is missed when it is silent
};

class FlowListener {
 public:
  virtual ~FlowListener() = default;
  // Once: there is no such way any more. The flow may be destroyed from within.
  virtual void on_flow_lost(const std::string& reason) = 0;
};

// Kept while this lives.
class Flow {
 public:
  virtual ~Flow() = default;
};

class RegistrarFactory {
 public:
  virtual ~RegistrarFactory() = default;
  // Where a user part is reached by this route; empty: we do not listen on its transport.
  virtual std::string contact_uri(const std::string& user, const Route& route) const = 0;
  // All requests of one registrar have one Call-ID and rising numbers.
  virtual std::unique_ptr<Registrar> create_registrar(std::shared_ptr<const Credentials> credentials,
                                                      RegistrarListener& listener) = 0;
  // Null: there is nothing to keep.
  virtual std::unique_ptr<Flow> keep_flow(const KeepAlive& wanted, FlowListener& listener) = 0;
};

}  // namespace sip
