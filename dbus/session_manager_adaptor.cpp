// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/session_manager_adaptor.h"

#include "dbus/errors.h"
#include "dbus/names.h"
#include "dbus/to_bus.h"

namespace dbus {
namespace {

account::Account& account_at(const account::AccountManager& accounts, const sdbus::ObjectPath& path) {
  if (path != no_path) return accounts.get_account(account_id(checked(path)));
  if (account::Account* account = accounts.default_account()) return *account;
  throw base::Error(base::Errc::no_such_account, "there is no default account: name one, or set DefaultAccount");
}

}  // namespace

SessionManagerAdaptor::SessionManagerAdaptor(const Bus& bus, session::SessionManager& manager,
                                             account::AccountManager& accounts)
    : AdaptorInterfaces(bus.connection, session_manager_path), bus_(bus), manager_(manager), accounts_(accounts) {
  registerAdaptor();
}

SessionManagerAdaptor::~SessionManagerAdaptor() { unregisterAdaptor(); }

void SessionManagerAdaptor::refresh() {
  std::vector<sdbus::ObjectPath> sessions;
  for (const session::Session* session : manager_.sessions()) sessions.push_back(session_path(session->number()));
  if (sessions == sessions_) return;
  sessions_ = std::move(sessions);
  tell_properties_changed(bus_, getObject(), INTERFACE_NAME, {{"Sessions", sessions_}});
}

sdbus::ObjectPath SessionManagerAdaptor::CreateSession(const sdbus::ObjectPath& account) {
  return answer([&] { return session_path(manager_.create_session(account_at(accounts_, account)).number()); });
}

sdbus::ObjectPath SessionManagerAdaptor::Call(const std::string& callee_uri, const std::vector<std::string>& streams) {
  return answer(
      [&] { return session_path(manager_.call(checked(callee_uri), session::streams_from_names(streams)).number()); });
}

}  // namespace dbus
