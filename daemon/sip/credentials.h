// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "daemon/sip/uri.h"

namespace sip {

// One place where a server listens: 192.0.2.1:5060.
inline std::string endpoint(const std::string& address, std::uint16_t port) {
  return host_in_uri(address) + ":" + std::to_string(port);
}

// Who an account is to a server that asks, and which servers may ask. The account changes it in place; dialogs and
// registrations look at it whenever they are challenged. Never in a log.
//
// The password only ever leaves as a digest, and only under two conditions. The request that was challenged goes to a
// server of the account: to one of `servers`. And the realm is the account's own: one of `realms`. A callee that
// challenges us with the realm of our registrar gets nothing unless our own proxy stands between.
struct Credentials {
  std::string username;
  std::string password;           // empty: there is none, and nothing is answered
  std::set<std::string> servers;  // of the account's domain and proxy: names in lower case, and endpoints
  std::set<std::string> realms;   // the domain, the proxy, and what the registrar took our password for; in lower case

  bool may_answer() const { return !password.empty(); }
};

}  // namespace sip
