// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/store.h"
#include "daemon/account/account_manager.h"
#include "daemon/account/passwords.h"

namespace account {

class KeeperListener {
 public:
  virtual ~KeeperListener() = default;
  // These settings, the general ones or those of an account, were saved and differ now. It comes before anything that
  // they cause.
  virtual void settings_did_change(const config::SettingsObject& settings, const config::Changes& modified) = 0;
  // Whether the account has a password.
  virtual void account_did_change(const Account& account) = 0;
};

// Whom the Keeper asks to do something.
struct KeeperHands {
  // Ends the sessions of an account and calls back when none is active.
  std::function<void(const Account&, std::function<void()>)> end_sessions;
  std::function<bool(const Account&)> has_sessions;
  // What was changed in the general settings acts from now on, as far as it can.
  std::function<void(const config::Changes&)> apply;
};

// The account whose changes are written.
struct Changed {
  const Account* account = nullptr;
  bool password_in_file = true;
};

// Keeps the settings and the accounts on the disk: Save and Delete of the API, and the file that was edited by hand.
class Keeper {
 public:
  using General = config::Settings<config::GeneralSettings>;
  // How a request ended: null when it was done. It comes before anything that the request causes.
  using Done = std::function<void(const base::Error*)>;

  // All must outlive it.
  Keeper(config::Store& store, General& general, AccountManager& accounts, KeeperHands hands, Vault vault);
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  void set_listener(KeeperListener& listener) { listener_ = &listener; }

  // The accounts of the file, which was read at the start.
  void load(const config::Loaded& loaded);

  // Each throws with nothing changed: Error{invalid_argument, config_failure, no_such_account}.
  void save_general(const Done& done);
  void save(Account& account, const Done& done);
  void remove(Account& account);

  // Reads the file again and applies what changed. A file that cannot be used changes nothing.
  void reload();

  Passwords& passwords() { return passwords_; }

 private:
  void check_default() const;
  void keep_default(const Account* account);
  // What is saved of everybody, and what is set of the one that changes.
  void write(const config::GeneralSettings& general, const Changed& changed = {}, const Account* left_out = nullptr);
  void finish_save(const std::string& id, bool password_in_file, const Done& done);
  config::GeneralSettings with_default(const Account* account) const;
  void tell(const config::SettingsObject& settings, const config::Changes& changes);
  void take_default(Account* account);
  Account* settled_default(const std::string& id, bool chosen) const;
  void take(config::AccountSettings saved);
  void take_out(Account& account);
  void finish_removal(const std::string& id);

  config::Store& store_;
  General& general_;
  AccountManager& accounts_;
  KeeperHands hands_;
  KeeperListener* listener_ = nullptr;
  Passwords passwords_;
  std::set<std::string> kept_;                     // the ids of the accounts in the file
  std::vector<std::unique_ptr<Account>> removed_;  // sessions that linger still name them
};

}  // namespace account
