// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/loop.h"
#include "base/watch.h"

namespace host {

// The network as far as it decides where we are reached and how packets leave.
struct Network {
  std::set<std::string> addresses;       // numeric, of links that are up; not the link-local ones of IPv6
  std::set<std::string> default_routes;  // device, gateway and metric, as the kernel writes them

  bool operator==(const Network&) const = default;
};

// As it is just now.
Network present_network();

// Tells when the network has become another one, by the kernel's word (netlink). Changes come in bursts: it waits until
// one is over. Without netlink it says so in the log, once, and then nothing.
class NetworkMonitor {
 public:
  using Changed = std::function<void(const Network& before, const Network& now)>;

  NetworkMonitor(base::Scheduler& scheduler, Changed changed);
  NetworkMonitor(const NetworkMonitor&) = delete;
  NetworkMonitor& operator=(const NetworkMonitor&) = delete;

 private:
  void drain();
  void compare();

  const Changed changed_;
  Network network_;
  base::Descriptor socket_;
  std::unique_ptr<base::Watch> watch_;
  base::Timer burst_;
};

}  // namespace host
