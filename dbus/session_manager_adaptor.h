// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sdbus-c++/AdaptorInterfaces.h>

#include "daemon/account/account_manager.h"
#include "daemon/session/session_manager.h"
#include "dbus/SessionManager_adaptor.h"
#include "dbus/object.h"

namespace dbus {

// The SessionManager on the bus.
class SessionManagerAdaptor final : private sdbus::AdaptorInterfaces<org::sipsession1::SessionManager_adaptor> {
 public:
  SessionManagerAdaptor(const Bus& bus, session::SessionManager& manager, account::AccountManager& accounts);
  ~SessionManagerAdaptor();

  // Tells of the list of sessions if it is another one now.
  void refresh();

 private:
  sdbus::ObjectPath CreateSession(const sdbus::ObjectPath& account) override;
  sdbus::ObjectPath Call(const std::string& callee_uri, const std::vector<std::string>& streams) override;
  std::vector<sdbus::ObjectPath> Sessions() override { return sessions_; }

  Bus bus_;
  session::SessionManager& manager_;
  account::AccountManager& accounts_;
  std::vector<sdbus::ObjectPath> sessions_;
};

}  // namespace dbus
