// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sdbus-c++/AdaptorInterfaces.h>

#include "dbus/Account_adaptor.h"
#include "dbus/BonjourAccount_adaptor.h"
#include "dbus/account_values.h"
#include "dbus/object.h"

namespace dbus {

// An account on the bus, whichever of the two interfaces it has. Its settings are another adaptor on the same path.
class AnyAccountAdaptor {
 public:
  virtual ~AnyAccountAdaptor() = default;

  // PropertiesChanged first, then the signal that the account is active, or no longer.
  virtual void tell_active(bool active) = 0;
  // PropertiesChanged first, then what happened to its registration.
  virtual void tell(const account::RegistrationEvent& event) = 0;
  // Tells of properties that changed.
  virtual void refresh() = 0;
  virtual Interface interface() const = 0;
};

// What the two interfaces have in common.
template <typename Generated>
class AccountAdaptorOf : public AnyAccountAdaptor, protected sdbus::AdaptorInterfaces<Generated> {
 public:
  AccountAdaptorOf(const Bus& bus, account::Account& account);
  ~AccountAdaptorOf() override { this->unregisterAdaptor(); }

  void tell_active(bool active) override;
  void tell(const account::RegistrationEvent&) override {}
  void refresh() override;
  Interface interface() const override { return {Generated::INTERFACE_NAME, all(account_table(), shown_)}; }

 protected:
  const Bus& bus() const { return bus_; }
  const account::Account& account() const { return account_; }

 private:
  std::string Id() override { return shown_.id; }
  std::string Username() override { return shown_.username; }
  std::string Domain() override { return shown_.domain; }
  std::string Contact() override { return shown_.contact; }
  std::map<std::string, std::string> ContactUris() override { return shown_.contact_uris; }
  std::string Credentials() override { return shown_.credentials; }
  bool Active() override { return shown_.active; }
  bool HasPassword() override { return shown_.has_password; }

  Bus bus_;
  account::Account& account_;
  AccountValues shown_;
};

using BonjourAccountAdaptor = AccountAdaptorOf<org::sipsession1::BonjourAccount_adaptor>;

class AccountAdaptor final : public AccountAdaptorOf<org::sipsession1::Account_adaptor> {
 public:
  using AccountAdaptorOf::AccountAdaptorOf;

  void tell(const account::RegistrationEvent& event) override;
  void refresh() override;
  Interface interface() const override;

 private:
  std::string RegistrationState() override { return registration_.state; }
  uint32_t RegistrationCode() override { return registration_.code; }
  std::string RegistrationReason() override { return registration_.reason; }
  Route RegistrationRoute() override { return registration_.route; }
  uint64_t RegistrationExpires() override { return registration_.expires; }
  uint64_t RegistrationNextTry() override { return registration_.next_try; }
  std::vector<std::string> RegisteredContacts() override { return registration_.contacts; }

  RegistrationValues registration_ = values_of(account().registration());
};

}  // namespace dbus
