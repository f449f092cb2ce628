// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sdbus-c++/AdaptorInterfaces.h>

#include "daemon/account/account_manager.h"
#include "dbus/AccountManager_adaptor.h"
#include "dbus/object.h"

namespace dbus {

// The AccountManager on the bus. Its owner tells it what happened to which path.
class AccountManagerAdaptor final : private sdbus::AdaptorInterfaces<org::sipsession1::AccountManager_adaptor> {
 public:
  AccountManagerAdaptor(const Bus& bus, account::AccountManager& manager);
  ~AccountManagerAdaptor();

  void tell_added(const sdbus::ObjectPath& account);
  void tell_removed(const sdbus::ObjectPath& account);
  // PropertiesChanged first, then the signal.
  void tell_default(const sdbus::ObjectPath& old_account, const sdbus::ObjectPath& account);
  // Tells of the default account if it is another one now.
  void refresh();

 private:
  void Start() override;
  void Stop(sdbus::Result<>&& result) override;
  bool HasAccount(const std::string& id) override;
  sdbus::ObjectPath GetAccount(const std::string& id) override;
  std::vector<sdbus::ObjectPath> GetAccounts() override;
  std::vector<sdbus::ObjectPath> IterAccounts(const uint32_t& offset, const uint32_t& count) override;
  sdbus::ObjectPath FindAccount(const std::string& contact_uri) override;
  sdbus::ObjectPath CreateAccount(const std::string& id) override;
  sdbus::ObjectPath DefaultAccount() override { return default_account_; }
  void DefaultAccount(const sdbus::ObjectPath& value) override;

  Bus bus_;
  account::AccountManager& manager_;
  sdbus::ObjectPath default_account_;
};

}  // namespace dbus
