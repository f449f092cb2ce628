// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <variant>

#include "daemon/account/registration_events.h"

// What the accounts tell.
namespace account {

class Account;

struct DidAddAccount {
  Account& account;
};
struct DidRemoveAccount {
  Account& account;
};
struct DidChangeDefaultAccount {
  Account* old_account;  // null: none
  Account* account;
};
struct DidActivate {
  Account& account;
};
struct DidDeactivate {
  Account& account;
};
// Of an account with a registrar.
struct RegistrationDidHappen {
  Account& account;
  RegistrationEvent event;
};
using AccountEvent = std::variant<DidAddAccount, DidRemoveAccount, DidChangeDefaultAccount, DidActivate, DidDeactivate,
                                  RegistrationDidHappen>;

class AccountManagerListener {
 public:
  virtual ~AccountManagerListener() = default;
  virtual void on_account_event(const AccountEvent& event) = 0;
};

class AccountListener {
 public:
  virtual ~AccountListener() = default;
  // The properties are already those after the event.
  virtual void on_registration_event(Account& account, const RegistrationEvent& event) = 0;
};

}  // namespace account
