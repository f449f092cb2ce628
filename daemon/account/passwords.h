// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/general_settings.h"
#include "daemon/account/account_manager.h"

namespace account {

// What may keep passwords beside the file; all of it answers later, and none of it need be there. Each password goes
// by the id of its account.
struct Vault {
  enum class Outcome { done, absent, failed };  // absent: there is no such service
  using Stored = std::function<void(Outcome, const std::string& why)>;
  // Of those that were asked for; locked ones are there and cannot be read now. `why` says what hinders, if anything.
  using Found = std::function<void(Outcome, const std::map<std::string, std::string>& passwords,
                                   const std::set<std::string>& locked, const std::string& why)>;

  std::function<void(const std::string& id, const std::string& password, Stored)> store;
  std::function<void(const std::string& id)> forget;
  std::function<void(const std::vector<std::string>& ids, Found)> look_up;
};

// Knows where the password of each account is: in the file, in the vault, or in the credentials that the service
// manager hands over (systemd.exec(5)).
class Passwords {
 public:
  // The general settings and the accounts must outlive it. A password that came, or will not come, is told by `told`.
  Passwords(const config::GeneralSettings& general, AccountManager& accounts, Vault vault,
            std::function<void(Account&)> told);

  // The file says that the passwords of these are not in it, but somewhere.
  void expect(const std::set<std::string>& ids) { elsewhere_.insert(ids.begin(), ids.end()); }
  // Looks for those that are not in the file. Until they are found, or found not to exist, their accounts wait.
  void fetch();
  // The vault may answer otherwise now: looks again for those that are waited for.
  void vault_did_change();

  // Whether the file has it, if there is one.
  bool in_file(const Account& account) const { return !elsewhere_.contains(account.id()); }
  // Puts the password that is set, and not saved yet, where it shall be, and calls back: whether the file shall have
  // it, or why it cannot be kept.
  using Kept = std::function<void(const std::string& fault, bool in_file)>;
  void keep(Account& account, const Kept& kept);
  // The account was saved like that.
  void settled(const std::string& id, bool in_file);
  void forget(const std::string& id);
  // What the file says of an account whose password is elsewhere.
  void complete(config::AccountSettings& saved);

 private:
  bool uses_vault() const;
  void look();
  void do_without(Account& account);
  bool may_come(const Account& account, Vault::Outcome outcome) const;
  void tell_of_waiting(std::size_t accounts, const std::string& why);
  void on_found(const std::vector<std::string>& ids, Vault::Outcome outcome,
                const std::map<std::string, std::string>& passwords, const std::set<std::string>& locked,
                const std::string& why);
  void give(Account& account, const std::string* password);
  void await(Account& account, const std::string& why);

  const config::GeneralSettings& general_;
  AccountManager& accounts_;
  Vault vault_;
  std::function<void(Account&)> told_;
  std::set<std::string> elsewhere_;  // the ids of those that are not in the file
  std::set<std::string> keeping_;    // the vault was asked to store these
  bool looking_ = false;
  bool look_again_ = false;
  std::string hindrance_;  // that was logged last
};

}  // namespace account
