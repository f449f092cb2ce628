// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <set>
#include <string>

namespace sip {

// Who an account is to a server that asks, and which servers may ask. The account changes it in place; dialogs and
// registrations look at it whenever they are challenged. Never in a log.
//
// The password only ever leaves as a digest, and only under two conditions. The request that was challenged goes to a
// server of the account: to one of `servers`. And the realm is the account's own: one of `realms`. A callee that
// challenges us with the realm of our registrar gets nothing unless our own proxy stands between.
struct Credentials {
  std::string username;
  std::string password;           // empty: there is none, and nothing is answered
  std::set<std::string> servers;  // names and addresses of the account's domain and proxy, in lower case
  std::set<std::string> realms;   // the domain, the proxy, and what the registrar took our password for; in lower case

  bool may_answer() const { return !password.empty(); }
};

}  // namespace sip
