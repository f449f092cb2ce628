// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "msrp/surroundings.h"
#include "msrp/wire.h"

namespace msrp {

// Makes one connection: looks the host up if it is a name, and tries its addresses one after the other.
class Dialer {
 public:
  // For one address, as long as there is another.
  static constexpr Duration one_address = std::chrono::seconds(5);

  struct Target {
    std::string host;  // a name or an address
    std::uint16_t port = 0;
  };
  // No wire, and why. The call comes once, never from within, and may destroy the dialer.
  using Done = std::function<void(std::optional<Wire> wire, const std::string& fault)>;

  // It has no limit in all: whoever waits for it has.
  Dialer(Surroundings& surroundings, Target target, Done done);
  // To one of these places.
  Dialer(Surroundings& surroundings, std::vector<Place> places, Done done);
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

 private:
  void look_up();
  void try_next();
  void on_ready();
  void finish(std::optional<Wire> wire, const std::string& fault);

  Surroundings& surroundings_;
  const Target target_;
  Done done_;
  std::vector<Place> places_;
  std::size_t next_ = 0;
  std::string fault_;  // of the last place
  std::unique_ptr<Lookup> lookup_;
  base::Descriptor socket_;
  std::unique_ptr<base::Watch> watch_;
  base::Timer turn_;  // the next step, or the limit of one address
};

}  // namespace msrp
