// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/sip/registrar.h"
#include "daemon/sip/resolver.h"

// What a registration asks of its owner and tells it.
namespace account {

using Moment = std::chrono::milliseconds;  // of a clock that never goes back

enum class RegistrationState { none, registering, registered, failed };
std::string_view to_text(RegistrationState state);

// What the properties of the API show.
struct RegistrationStatus {
  RegistrationState state = RegistrationState::none;
  unsigned code = 0;  // of the last answer; 0: none came
  std::string reason;
  sip::Route route;                // in use; an empty host: none
  std::optional<Moment> expires;   // of the binding that the registrar has
  std::optional<Moment> next_try;  // when the next REGISTER is sent
  std::vector<std::string> contacts;
};

// What the properties of the API show, with the time of day.
struct RegistrationProperties {
  using Time = std::chrono::system_clock::time_point;  // the epoch is None
  RegistrationState state = RegistrationState::none;
  unsigned code = 0;
  std::string reason;
  sip::Route route;
  Time expires{};
  Time next_try{};
  std::vector<std::string> contacts;
};

// The attempt that an event tells of.
struct RegistrationAttempt {
  sip::Route route;  // an empty host: it did not come to one
  std::string contact;
  unsigned expires = 0;  // seconds, granted
  std::string cause;     // of a failure or an end
};

struct RegistrationDidSucceed {
  unsigned code;
  std::string reason;
  std::vector<std::string> contact_uri_list;
  RegistrationAttempt attempt;
};
struct RegistrationDidFail {
  unsigned code;  // 0: no response
  std::string reason;
  RegistrationAttempt attempt;
  sip::Route next_route;  // an empty host: a new lookup comes next
  Moment delay;
};
struct RegistrationDidEnd {
  unsigned code;
  std::string reason;
  RegistrationAttempt attempt;
};
struct RegistrationDidChange {};  // the status alone
using RegistrationEvent =
    std::variant<RegistrationDidSucceed, RegistrationDidFail, RegistrationDidEnd, RegistrationDidChange>;

// What it asks of its owner. None of these may call back into it.
class RegistrationOwner {
 public:
  virtual ~RegistrationOwner() = default;
  // Whether a new registration may begin now. If not, it is this one's turn later: go_on() tells.
  virtual bool take_turn() = 0;
  // The routes of the account's registrar, or of the URI where that sent us. found() answers.
  virtual void look_up(const std::string& redirection) = 0;
  // Where we are reached by this route; empty: we do not listen on its transport.
  virtual std::string contact(const sip::Route& route) = 0;
  // What is asked for, in seconds; 0: the registrar chooses.
  virtual unsigned interval() const = 0;
  // Whether the registrar is asked to send calls through our flow (RFC 5626).
  virtual bool outbound() const = 0;
  // answered() answers. The URIs of the account are filled in by the owner; an empty registrar is its own.
  virtual void send(const sip::Register& request) = 0;
  // Nobody waits any more for the lookup and the request under way.
  virtual void give_up() = 0;
  virtual void tell(const RegistrationEvent& event) = 0;
  virtual double random() = 0;  // from 0 to 1
};

}  // namespace account
