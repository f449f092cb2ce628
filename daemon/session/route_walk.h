// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "daemon/session/surroundings.h"
#include "daemon/sip/resolver.h"

namespace session {

// What a session hears of its routes.
class RouteWalkOwner {
 public:
  virtual ~RouteWalkOwner() = default;
  // Call by this one: its host is an address.
  virtual void try_route(const sip::Route& route) = 0;
  // None is left, or there is no time for more; the code is of SIP, or 0.
  virtual void routes_did_fail(unsigned code, const std::string& reason) = 0;
};

// The routes of one outgoing call in their order: on to the next when one cannot be reached, refuses for itself alone,
// or says nothing for 5 s. What is a name is looked up when its turn comes.
class RouteWalk {
 public:
  RouteWalk(Surroundings& surroundings, RouteWalkOwner& owner);

  // Without routes, those of the callee are looked up.
  void start(const sip::Uri& callee, const std::vector<sip::Route>& routes);
  // A provisional response came by the route in use: after more than 100 no other one is tried (RFC 3263, 4.3).
  void on_provisional(unsigned code);
  // The route in use is out. False when no other one comes.
  bool next();
  void stop();

 private:
  void advance();
  void look_up(const sip::Uri& uri);
  void on_found(const sip::Found& found);
  void use(const sip::Route& route);

  Surroundings& surroundings_;
  RouteWalkOwner& owner_;
  std::vector<sip::Route> routes_;  // those not tried yet; the first may be looked up just now
  std::unique_ptr<sip::Lookup> lookup_;
  bool open_ = false;        // the route in use may still answer
  bool progressed_ = false;  // a provisional response above 100 came
  base::Timer silence_;      // no response at all from the route in use
  base::Timer budget_;       // of all routes together
};

}  // namespace session
