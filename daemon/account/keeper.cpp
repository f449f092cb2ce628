// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/account/keeper.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace account {
namespace {

void log_problems(const config::Loaded& loaded) {
  for (const config::Problem& problem : loaded.problems) base::log::warning(config::to_text(problem));
}

std::string quoted(const std::string& id) { return "\"" + base::to_display(id, 256) + "\""; }

}  // namespace

Keeper::Keeper(config::Store& store, General& general, AccountManager& accounts, KeeperHands hands, Vault vault)
    : store_(store),
      general_(general),
      accounts_(accounts),
      hands_(std::move(hands)),
      passwords_(general.saved(), accounts, std::move(vault), [this](const Account& account) {
        if (listener_) listener_->account_did_change(account);
      }) {
  accounts_.set_keep_default([this](const Account* account) { keep_default(account); });
}

void Keeper::tell(const config::SettingsObject& settings, const config::Changes& changes) {
  if (changes.empty()) return;
  if (listener_) listener_->settings_did_change(settings, changes);
  if (&settings == &general_ && hands_.apply) hands_.apply(changes);
}

config::GeneralSettings Keeper::with_default(const Account* account) const {
  config::GeneralSettings general = general_.saved();
  general.default_account = account ? config::SipAddress(account->id()) : config::SipAddress();
  return general;
}

void Keeper::write(const config::GeneralSettings& general, const Changed& changed, const Account* left_out) {
  const auto settings_of = [&](const Account& account) -> const config::AccountSettings& {
    return &account == changed.account ? account.settings().current() : account.saved();
  };
  config::Picture picture{general, settings_of(*accounts_.all().front()), {}};
  for (const auto& account : accounts_.all()) {
    const bool changes = account.get() == changed.account;
    if (account->is_bonjour() || account.get() == left_out || !(changes || kept_.contains(account->id()))) continue;
    picture.accounts.push_back(
        {&settings_of(*account), changes ? changed.password_in_file : passwords_.in_file(*account)});
  }
  store_.write(picture);
}

void Keeper::load(const config::Loaded& loaded) {
  log_problems(loaded);
  for (const config::AccountSettings& account : loaded.accounts) {
    accounts_.add(account);
    kept_.insert(*account.id);
  }
  take_default(settled_default(*loaded.general.default_account, loaded.names_default_account));
  passwords_.expect(loaded.passwords_elsewhere);
  passwords_.fetch();
}

// The account with this id; another one when it cannot be the default account, or when nobody chose it.
Account* Keeper::settled_default(const std::string& id, bool chosen) const {
  Account* const account = accounts_.find(id);
  if (chosen && (id.empty() || (account && account->enabled()))) return account;
  if (chosen) base::log::warning("the default account is not an enabled account", {{"ACCOUNT", id}});
  return accounts_.elected();
}

void Keeper::take_default(Account* account) {
  tell(general_, general_.take(with_default(account)));
  accounts_.change_default(account);
}

void Keeper::keep_default(const Account* account) {
  const config::GeneralSettings general = with_default(account);
  write(general);
  tell(general_, general_.take(general));
}

void Keeper::check_default() const {
  const std::string& id = *general_.current().default_account;
  if (id.empty() || id == *general_.saved().default_account) return;
  const Account* const account = accounts_.find(id);
  if (account && account->enabled()) return;
  throw base::Error(base::Errc::invalid_argument, "default_account cannot be " + quoted(id) +
                                                      ": allowed is the id of " +
                                                      "an account that is enabled, or empty for none");
}

void Keeper::save_general(const Done& done) {
  const config::Changes changes = general_.changes();
  if (changes.empty()) return done(nullptr);
  check_default();
  write(general_.current());
  general_.commit();
  done(nullptr);
  tell(general_, changes);
  accounts_.change_default(accounts_.find(*general_.saved().default_account));
}

void Keeper::save(Account& account, const Done& done) {
  if (account.leaving())
    throw base::Error(base::Errc::no_such_account, "the account " + quoted(account.id()) + " is being deleted");
  const config::Changes changes = account.settings().changes();
  if (changes.empty() && (account.is_bonjour() || kept_.contains(account.id()))) return done(nullptr);
  store_.require_writable();
  passwords_.keep(account, [this, id = account.id(), done](const std::string& fault, bool in_file) {
    try {
      if (!fault.empty()) throw base::Error(base::Errc::config_failure, "the account " + quoted(id) + ": " + fault);
      finish_save(id, in_file, done);
    } catch (const base::Error& refused) {
      done(&refused);
    }
  });
}

void Keeper::finish_save(const std::string& id, bool password_in_file, const Done& done) {
  Account& account = *accounts_.find(id);
  const config::Changes changes = account.settings().changes();
  Account* const next_default = accounts_.default_after(account, *account.settings().current().enabled);
  write(with_default(next_default), {&account, password_in_file});
  account.settings().commit();
  kept_.insert(id);
  passwords_.settled(id, password_in_file);
  if (changes.contains("password")) account.set_awaits_password("");
  done(nullptr);
  tell(account.settings(), changes);
  accounts_.on_saved(account, changes);
  take_default(next_default);
}

void Keeper::remove(Account& account) {
  if (account.is_bonjour())
    throw base::Error(base::Errc::invalid_argument, "the Bonjour account cannot be deleted: disable it instead");
  if (account.leaving())
    throw base::Error(base::Errc::no_such_account, "the account " + quoted(account.id()) + " is being deleted");
  if (kept_.contains(account.id())) write(with_default(accounts_.default_after(account, false)), {}, &account);
  take_out(account);
}

void Keeper::take_out(Account& account) {
  Account* const next_default = accounts_.default_after(account, false);
  const std::string id = account.id();
  account.set_leaving();
  kept_.erase(id);
  store_.forget(id);
  passwords_.forget(id);
  take_default(next_default);
  hands_.end_sessions(account, [this, id] { finish_removal(id); });
}

void Keeper::finish_removal(const std::string& id) {
  std::erase_if(removed_, [&](const auto& account) { return !account->in_use() && !hands_.has_sessions(*account); });
  if (Account* const account = accounts_.find(id)) removed_.push_back(accounts_.remove(*account));
}

void Keeper::take(config::AccountSettings saved) {
  passwords_.complete(saved);
  Account* const account = accounts_.find(*saved.id);
  if (!account) {
    accounts_.add(saved);
    return;
  }
  const config::Changes changes = account->settings().take(saved);
  if (changes.empty()) return;
  tell(account->settings(), changes);
  accounts_.on_saved(*account, changes);
}

void Keeper::reload() {
  const config::Loaded loaded = store_.read();
  log_problems(loaded);
  if (!loaded.usable) return base::log::error("the settings stay as they are");
  std::set<std::string> gone = std::exchange(kept_, {});
  for (const config::AccountSettings& account : loaded.accounts) {
    gone.erase(*account.id);
    kept_.insert(*account.id);
  }
  for (const std::string& id : gone)
    if (Account* const account = accounts_.find(id)) account->set_leaving();
  take(loaded.bonjour);
  for (const config::AccountSettings& account : loaded.accounts) take(account);
  Account* const next_default = settled_default(*loaded.general.default_account, loaded.names_default_account);
  config::GeneralSettings general = loaded.general;
  general.default_account = with_default(next_default).default_account;
  tell(general_, general_.take(general));
  accounts_.change_default(next_default);
  for (const std::string& id : gone)
    if (Account* const account = accounts_.find(id)) take_out(*account);
  passwords_.expect(loaded.passwords_elsewhere);
  passwords_.fetch();
  base::log::notice("the settings were read again");
}

}  // namespace account
