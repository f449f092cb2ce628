// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/account/account_manager.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "daemon/sip/uri.h"

namespace account {
namespace {

constexpr std::size_t most_accounts = 1000;  // by create_account

template <typename Accounts, typename Predicate>
Account* first(const Accounts& accounts, Predicate fits) {
  for (const auto& account : accounts)
    if (account->enabled() && fits(*account)) return account.get();
  return nullptr;
}

}  // namespace

AccountManager::AccountManager(config::AccountSettings bonjour, const Reach& reach) : reach_(reach) {
  accounts_.push_back(std::make_unique<Account>(config::bonjour_defaults(), std::move(bonjour), reach_));
  accounts_.front()->set_listener(*this);
  default_account_ = accounts_.front()->enabled() ? accounts_.front().get() : nullptr;
}

void AccountManager::require_started() const {
  if (!started_) throw base::Error(base::Errc::invalid_state, "the AccountManager is not started: call Start first");
}

void AccountManager::tell(const AccountEvent& event) const {
  if (listener_) listener_->on_account_event(event);
}

void AccountManager::activate(Account& account, bool active) {
  if (account.active() == active) return;
  account.set_active(active);
  if (active)
    tell(DidActivate{account});
  else
    tell(DidDeactivate{account});
}

void AccountManager::on_registration_event(Account& account, const RegistrationEvent& event) {
  tell(RegistrationDidHappen{account, event});
  if (!unregistered_.empty()) when_unregistered([] {});
}

void AccountManager::when_unregistered(std::function<void()> done) {
  unregistered_.push_back(std::move(done));
  if (std::any_of(accounts_.begin(), accounts_.end(), [](const auto& account) { return account->in_use(); })) return;
  for (const auto& call : std::exchange(unregistered_, {})) call();
}

void AccountManager::start() {
  if (std::exchange(started_, true)) return;
  for (const auto& account : accounts_) tell(DidAddAccount{*account});
  set_engine_running(engine_running_);
}

void AccountManager::stop() {
  if (!std::exchange(started_, false)) return;
  for (const auto& account : accounts_) activate(*account, false);
}

void AccountManager::set_engine_running(bool running) {
  engine_running_ = running;
  if (!started_) return;
  for (const auto& account : accounts_) activate(*account, running && account->enabled());
}

bool AccountManager::has_account(const std::string& id) const {
  require_started();
  return find(id) != nullptr;
}

Account& AccountManager::get_account(const std::string& id) const {
  require_started();
  if (Account* account = find(id)) return *account;
  throw base::Error(base::Errc::no_such_account, "there is no account \"" + base::to_display(id, 256) + "\"");
}

std::vector<Account*> AccountManager::accounts() const {
  require_started();
  std::vector<Account*> result;
  for (const auto& account : accounts_) result.push_back(account.get());
  return result;
}

Account* AccountManager::find_account(const std::string& contact_uri) const {
  require_started();
  const auto uri = sip::uri_from_text(contact_uri);
  if (!uri) throw base::Error(base::Errc::invalid_uri, "\"" + base::to_display(contact_uri, 256) + "\" is no SIP URI");
  return find_account(sip::unescape(uri->user), uri->host);
}

Account* AccountManager::find_account(const std::string& user, const std::string& host) const {
  if (!started_ || user.empty()) return nullptr;
  const auto by_contact = [&](const Account& account) { return account.contact_user() == user; };
  const auto by_id = [&](const Account& account) {
    // The domain of an id has the brackets of an IPv6 address, and a host has them or not.
    return account.username() == user && base::equals_ignoring_case(account.domain(), sip::host_in_uri(host));
  };
  const auto by_user = [&](const Account& account) { return !account.is_bonjour() && account.username() == user; };
  if (Account* account = first(accounts_, by_contact)) return account;
  if (Account* account = first(accounts_, by_id)) return account;
  return first(accounts_, by_user);
}

Account& AccountManager::create_account(const std::string& id) {
  require_started();
  config::AccountSettings settings;
  const auto checked = decltype(settings.id)::from_value(id);
  if (!checked)
    throw base::Error(base::Errc::invalid_argument,
                      "the id \"" + base::to_display(id, 256) + "\" is not " + decltype(settings.id)::allowed());
  if (has_account(**checked)) throw base::Error(base::Errc::account_exists, "the account \"" + id + "\" exists");
  if (accounts_.size() > most_accounts)
    throw base::Error(base::Errc::limit_reached, "there are " + std::to_string(most_accounts) + " accounts already");
  settings.id = *checked;
  return add(std::move(settings));
}

Account* AccountManager::find(const std::string& id) const {
  for (const auto& account : accounts_)
    if (account->id() == id) return account.get();
  return nullptr;
}

Account& AccountManager::add(config::AccountSettings saved) {
  config::AccountSettings defaults;
  defaults.id = saved.id;
  accounts_.push_back(std::make_unique<Account>(std::move(defaults), std::move(saved), reach_));
  Account& account = *accounts_.back();
  account.set_listener(*this);
  if (started_) {
    tell(DidAddAccount{account});
    activate(account, engine_running_ && account.enabled());
  }
  return account;
}

void AccountManager::on_saved(Account& account, const config::Changes& changes) {
  account.on_saved(changes);
  activate(account, started_ && engine_running_ && account.enabled());
}

std::unique_ptr<Account> AccountManager::remove(Account& account) {
  const auto at =
      std::find_if(accounts_.begin(), accounts_.end(), [&](const auto& one) { return one.get() == &account; });
  activate(account, false);
  std::unique_ptr<Account> removed = std::move(*at);
  accounts_.erase(at);
  tell(DidRemoveAccount{*removed});
  return removed;
}

Account* AccountManager::elected(const Account* except) const {
  const auto fits = [&](const Account& account) { return &account != except && !account.is_bonjour(); };
  if (Account* account = first(accounts_, fits)) return account;
  Account* const bonjour = accounts_.front().get();
  return bonjour != except && bonjour->enabled() ? bonjour : nullptr;
}

Account* AccountManager::default_after(const Account& account, bool enabled) const {
  if (!enabled) return default_account_ == &account ? elected(&account) : default_account_;
  const bool vacant = !default_account_ || (default_account_->is_bonjour() && !account.is_bonjour());
  return vacant && !account.enabled() ? find(account.id()) : default_account_;
}

void AccountManager::change_default(Account* account) {
  if (account == default_account_) return;
  Account* const old_account = std::exchange(default_account_, account);
  tell(DidChangeDefaultAccount{old_account, account});
}

void AccountManager::set_default_account(Account* account) {
  require_started();
  if (account && !account->enabled())
    throw base::Error(base::Errc::account_disabled, "the account \"" + account->id() + "\" is not enabled");
  if (account == default_account_) return;
  if (keep_default_) keep_default_(account);
  change_default(account);
}

}  // namespace account
