// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/account/passwords.h"

#include <cstdlib>
#include <utility>

#include "base/log.h"
#include "config/disk.h"

namespace account {
namespace {

using config::PasswordPlace;

constexpr std::size_t longest_credential = 4096;

// The first line of the credential with the name of the account.
std::optional<std::string> credential_of(const std::string& id) {
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (!directory || id.find('/') != id.npos) return {};
  const std::string path = std::string(directory) + "/" + id;
  const auto file = config::read_private_file(path, longest_credential);
  if (!file) return {};
  for (const std::string& warning : file->warnings) base::log::warning("the credential " + path + ": " + warning);
  const std::string line = file->text.substr(0, file->text.find('\n'));
  std::string fault = file->fault;
  if (fault.empty() && line.empty()) fault = "it is empty";
  if (fault.empty() && (file->text.size() > longest_credential || !config::Text::from_value(line)))
    fault = "its first line is no password";
  if (fault.empty()) return line;
  base::log::warning("the credential " + path + " is not used: " + fault);
  return {};
}

}  // namespace

Passwords::Passwords(const config::GeneralSettings& general, AccountManager& accounts, Vault vault,
                     std::function<void(Account&)> told)
    : general_(general), accounts_(accounts), vault_(std::move(vault)), told_(std::move(told)) {}

bool Passwords::uses_vault() const {
  return vault_.look_up && *general_.accounts.password_store != PasswordPlace::file;
}

void Passwords::give(Account& account, const std::string* password) {
  if (password) {
    config::AccountSettings saved = account.saved();
    saved.password = *password;
    account.settings().take(saved);
    elsewhere_.insert(account.id());
  }
  account.set_awaits_password("");
  account.on_password();
  told_(account);
}

void Passwords::await(Account& account, const std::string& why) {
  account.set_awaits_password(why);
  account.on_password();
  told_(account);
}

void Passwords::fetch() {
  for (const auto& account : accounts_.all()) {
    if (account->is_bonjour() || !account->password().empty()) continue;
    if (const auto credential = credential_of(account->id())) {
      give(*account, &*credential);
    } else if (uses_vault() || (vault_.look_up && !in_file(*account))) {
      account->set_awaits_password("the Secret Service has not answered yet");
    } else if (!in_file(*account)) {
      base::log::warning("the password is neither in the file nor a credential", {{"ACCOUNT", account->id()}});
      await(*account, "there is no credential for the account");
    }
  }
  look();
}

void Passwords::look() {
  if (!vault_.look_up) return;
  std::vector<std::string> ids;
  for (const auto& account : accounts_.all())
    if (account->awaits_password()) ids.push_back(account->id());
  if (ids.empty() || std::exchange(looking_, true)) return;
  vault_.look_up(ids, [this, ids](Vault::Outcome outcome, const auto& passwords, const auto& locked, const auto& why) {
    on_found(ids, outcome, passwords, locked, why);
  });
}

void Passwords::on_found(const std::vector<std::string>& ids, Vault::Outcome outcome,
                         const std::map<std::string, std::string>& passwords, const std::set<std::string>& locked,
                         const std::string& why) {
  looking_ = false;
  std::size_t waiting = 0;
  for (const std::string& id : ids) {
    Account* const account = accounts_.find(id);
    if (!account || !account->awaits_password()) continue;
    if (locked.contains(id)) elsewhere_.insert(id);
    const auto found = passwords.find(id);
    if (found != passwords.end()) {
      give(*account, config::Text::from_value(found->second) ? &found->second : nullptr);
    } else if (locked.contains(id) || may_come(*account, outcome)) {
      ++waiting;
      await(*account, why);
    } else {
      do_without(*account);
    }
  }
  tell_of_waiting(waiting, why);
  if (std::exchange(look_again_, false)) vault_did_change();
}

void Passwords::do_without(Account& account) {
  if (!in_file(account))
    base::log::warning("the Secret Service has no password of the account", {{"ACCOUNT", account.id()}});
  give(account, nullptr);
}

// Whether one that was not found may be found another time.
bool Passwords::may_come(const Account& account, Vault::Outcome outcome) const {
  if (outcome == Vault::Outcome::failed) return true;
  const bool chosen = *general_.accounts.password_store == PasswordPlace::secret_service;
  return outcome == Vault::Outcome::absent && (chosen || !in_file(account));
}

void Passwords::tell_of_waiting(std::size_t accounts, const std::string& why) {
  const std::string hindrance = accounts == 0 ? "" : why;
  if (std::exchange(hindrance_, hindrance) == hindrance) return;
  if (accounts == 0)
    base::log::notice("no password is waited for any more");
  else
    base::log::warning("passwords are waited for: " + why, {{"ACCOUNTS", std::to_string(accounts)}});
}

void Passwords::vault_did_change() {
  if (looking_)
    look_again_ = true;
  else
    look();
}

void Passwords::keep(Account& account, const Kept& kept) {
  const std::string id = account.id();
  const std::string password = *account.settings().current().password;
  if (password == account.password()) return kept("", in_file(account));
  if (!uses_vault() || password.empty()) return kept("", true);
  if (!keeping_.insert(id).second) return kept("its password is being stored", false);
  vault_.store(id, password, [this, id, password, kept](Vault::Outcome outcome, const std::string& why) {
    keeping_.erase(id);
    const Account* const found = accounts_.find(id);
    if (!found || found->leaving()) return kept("the account was deleted", false);
    if (*found->settings().current().password != password) return kept("its password was changed meanwhile", false);
    // What something safer kept does not go to the file just because that is not there now.
    const bool may_be_in_file = *general_.accounts.password_store == PasswordPlace::automatic && in_file(*found);
    const bool to_file = outcome == Vault::Outcome::absent && may_be_in_file;
    kept(outcome == Vault::Outcome::done || to_file ? "" : "its password cannot be stored: " + why, to_file);
  });
}

void Passwords::settled(const std::string& id, bool in_file) {
  if (in_file)
    forget(id);
  else
    elsewhere_.insert(id);
}

void Passwords::forget(const std::string& id) {
  if (elsewhere_.erase(id) != 0 && vault_.forget) vault_.forget(id);
}

void Passwords::complete(config::AccountSettings& saved) {
  const Account* const account = accounts_.find(*saved.id);
  if (!account || !elsewhere_.contains(*saved.id)) return;
  if (saved.password->empty())
    saved.password = account->saved().password;
  else
    elsewhere_.erase(*saved.id);
}

}  // namespace account
