// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/dialer.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace msrp {

Dialer::Dialer(Surroundings& surroundings, Target target, Done done)
    : surroundings_(surroundings), target_(std::move(target)), done_(std::move(done)), turn_(surroundings.scheduler) {
  if (base::is_address(target_.host)) places_.push_back({target_.host, target_.port});
  turn_.start(Duration(0), [this] { places_.empty() ? look_up() : try_next(); });
}

Dialer::Dialer(Surroundings& surroundings, std::vector<Place> places, Done done)
    : Dialer(surroundings, places.empty() ? Target{} : Target{places.front().address, places.front().port},
             std::move(done)) {
  places_ = std::move(places);
}

void Dialer::look_up() {
  if (!surroundings_.look_up_host) return finish({}, "names are not looked up");
  lookup_ = surroundings_.look_up_host(target_.host, target_.port, [this](const auto& places, const auto& fault) {
    places_ = places;
    fault_ = fault;
    try_next();
  });
}

void Dialer::try_next() {
  watch_.reset();
  while (next_ < places_.size()) {
    const Place& place = places_[next_++];
    socket_ = connect_to(place);
    if (!socket_) {
      fault_ = std::strerror(errno);
      continue;
    }
    watch_ = std::make_unique<base::Watch>(socket_, base::Watch::For::writing, [this] { on_ready(); });
    if (next_ < places_.size()) turn_.start(one_address, [this] { try_next(); });
    return;
  }
  finish({}, fault_);
}

void Dialer::on_ready() {
  turn_.stop();
  if (const int error = error_of(socket_); error != 0) {
    fault_ = std::strerror(error);
    return try_next();
  }
  watch_.reset();
  finish(Wire(std::move(socket_), surroundings_.trace), {});
}

void Dialer::finish(std::optional<Wire> wire, const std::string& fault) {
  watch_.reset();
  turn_.stop();
  const std::string reason = fault.empty() ? "" : "no connection to " + target_.host + ": " + fault;
  // The call may destroy this.
  const Done done = std::exchange(done_, nullptr);
  done(std::move(wire), reason);
}

}  // namespace msrp
