// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/account/account.h"

namespace account {

// Owns all accounts, the Bonjour account first, then in the order of creation. Before start() and after stop() what
// clients ask for throws Error{invalid_state}. The Keeper keeps them on the disk.
class AccountManager : private AccountListener {
 public:
  // `reach` and the listener must outlive it.
  AccountManager(config::AccountSettings bonjour, const Reach& reach);
  AccountManager(const AccountManager&) = delete;
  AccountManager& operator=(const AccountManager&) = delete;

  void set_listener(AccountManagerListener& listener) { listener_ = &listener; }
  // Writes down the next default account before it becomes that, or throws.
  void set_keep_default(std::function<void(Account*)> keep) { keep_default_ = std::move(keep); }

  void start();
  void stop();
  // SIP came up or goes down: enabled accounts become active, or stop being so.
  void set_engine_running(bool running);
  // Calls back when no account takes its binding back any more: perhaps at once, after 2 s at the latest.
  void when_unregistered(std::function<void()> done);

  bool has_account(const std::string& id) const;
  Account& get_account(const std::string& id) const;  // Error{no_such_account}
  std::vector<Account*> accounts() const;
  // Enabled ones only: the contact user first, then the whole id, then its user part alone; null when none matches.
  Account* find_account(const std::string& contact_uri) const;
  Account* find_account(const std::string& user, const std::string& host) const;
  Account& create_account(const std::string& id);  // Error{account_exists, invalid_argument, limit_reached}
  Account* default_account() const { return default_account_; }
  void set_default_account(Account* account);  // null clears it; Error{account_disabled}
  bool started() const { return started_; }

  // For the Keeper. All accounts, whether started or not.
  const std::vector<std::unique_ptr<Account>>& all() const { return accounts_; }
  Account* find(const std::string& id) const;
  Account& add(config::AccountSettings saved);
  // What was saved acts.
  void on_saved(Account& account, const config::Changes& changes);
  // Deactivates it and takes it out.
  std::unique_ptr<Account> remove(Account& account);
  // Which account is the default one when this account is enabled from now on, or not, or is not there.
  Account* default_after(const Account& account, bool enabled) const;
  // The first enabled one, Bonjour last; null when there is none.
  Account* elected(const Account* except = nullptr) const;
  void change_default(Account* account);

 private:
  void on_registration_event(Account& account, const RegistrationEvent& event) override;
  void require_started() const;
  void activate(Account& account, bool active);
  void tell(const AccountEvent& event) const;

  const Reach& reach_;
  AccountManagerListener* listener_ = nullptr;
  std::vector<std::unique_ptr<Account>> accounts_;
  Account* default_account_;
  std::function<void(Account*)> keep_default_;
  std::vector<std::function<void()>> unregistered_;
  bool started_ = false;
  bool engine_running_ = false;
};

}  // namespace account
