// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/route_walk.h"

#include <utility>

#include "base/log.h"
#include "daemon/session/routes.h"

namespace session {
namespace {

using namespace std::chrono_literals;

constexpr auto route_limit = 5s;    // without any response, then the next route
constexpr auto routes_limit = 32s;  // all of them together

}  // namespace

RouteWalk::RouteWalk(Surroundings& surroundings, RouteWalkOwner& owner)
    : surroundings_(surroundings), owner_(owner), silence_(surroundings.scheduler), budget_(surroundings.scheduler) {}

void RouteWalk::start(const sip::Uri& callee, const std::vector<sip::Route>& routes) {
  budget_.start(routes_limit, [this] { owner_.routes_did_fail(408, "Request Timeout"); });
  routes_ = routes;
  if (routes_.empty()) return look_up(callee);
  advance();
}

void RouteWalk::on_provisional(unsigned code) {
  silence_.stop();
  lookup_.reset();
  if (code == 100) return;
  progressed_ = true;
  budget_.stop();
}

bool RouteWalk::next() {
  open_ = false;
  if (lookup_) return true;
  if (progressed_ || routes_.empty() || !surroundings_.legs) return false;
  advance();
  return true;
}

void RouteWalk::stop() {
  silence_.stop();
  budget_.stop();
  lookup_.reset();
  routes_.clear();
}

void RouteWalk::advance() {
  const sip::Route route = routes_.front();
  if (sip::is_address(route.host)) {
    routes_.erase(routes_.begin());
    return use(route);
  }
  sip::Uri uri;
  uri.host = route.host;
  uri.port = route.port;
  uri.transport = route.transport;
  look_up(uri);
}

void RouteWalk::look_up(const sip::Uri& uri) {
  const auto transports = usable_transports(surroundings_.settings, *surroundings_.legs);
  lookup_ = surroundings_.resolver.look_up(uri, transports, [this](const sip::Found& found) { on_found(found); });
}

void RouteWalk::on_found(const sip::Found& found) {
  lookup_.reset();
  if (!surroundings_.legs) return owner_.routes_did_fail(0, "the Engine does not run");
  // What was looked up was the first of them, or in the beginning the callee.
  if (!routes_.empty()) routes_.erase(routes_.begin());
  routes_.insert(routes_.begin(), found.routes.begin(), found.routes.end());
  if (!routes_.empty()) return advance();
  base::log::info("no routes were found", {{"REASON", found.fault}});
  if (!open_) owner_.routes_did_fail(0, "DNS lookup failed: " + found.fault);
}

void RouteWalk::use(const sip::Route& route) {
  open_ = true;
  silence_.stop();
  if (!routes_.empty())
    silence_.start(route_limit, [this] {
      if (surroundings_.legs) advance();
    });
  owner_.try_route(route);
}

}  // namespace session
