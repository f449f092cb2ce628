// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/account_manager_adaptor.h"

#include <algorithm>

#include "dbus/errors.h"
#include "dbus/names.h"
#include "dbus/to_bus.h"

namespace dbus {
namespace {

using Adaptor = org::sipsession1::AccountManager_adaptor;

sdbus::ObjectPath path_of(const account::Account* account) { return account ? account_path(account->id()) : no_path; }

std::vector<sdbus::ObjectPath> paths_of(const std::vector<account::Account*>& accounts) {
  std::vector<sdbus::ObjectPath> paths;
  for (const account::Account* account : accounts) paths.push_back(path_of(account));
  return paths;
}

}  // namespace

AccountManagerAdaptor::AccountManagerAdaptor(const Bus& bus, account::AccountManager& manager)
    : AdaptorInterfaces(bus.connection, account_manager_path), bus_(bus), manager_(manager), default_account_(no_path) {
  registerAdaptor();
}

AccountManagerAdaptor::~AccountManagerAdaptor() { unregisterAdaptor(); }

void AccountManagerAdaptor::tell_added(const sdbus::ObjectPath& account) {
  refresh();
  tell<Adaptor>(bus_, *this, &Adaptor::emitSIPAccountManagerDidAddAccount, now(), account);
}

void AccountManagerAdaptor::tell_removed(const sdbus::ObjectPath& account) {
  refresh();
  tell<Adaptor>(bus_, *this, &Adaptor::emitSIPAccountManagerDidRemoveAccount, now(), account);
}

void AccountManagerAdaptor::tell_default(const sdbus::ObjectPath& old_account, const sdbus::ObjectPath& account) {
  refresh();
  tell<Adaptor>(bus_, *this, &Adaptor::emitSIPAccountManagerDidChangeDefaultAccount, now(), old_account, account);
}

void AccountManagerAdaptor::refresh() {
  sdbus::ObjectPath path = no_path;
  // A manager that is not started has no default account to tell of.
  failure_of([&] { path = path_of(manager_.default_account()); });
  if (path == default_account_) return;
  default_account_ = path;
  tell_properties_changed(bus_, getObject(), INTERFACE_NAME, {{"DefaultAccount", path}});
}

void AccountManagerAdaptor::Start() {
  answer([&] { manager_.start(); });
}

void AccountManagerAdaptor::Stop(sdbus::Result<>&& result) {
  answer([&] {
    manager_.stop();
    manager_.when_unregistered(
        [kept = std::make_shared<sdbus::Result<>>(std::move(result))] { attempt([&] { kept->returnResults(); }); });
  });
}

bool AccountManagerAdaptor::HasAccount(const std::string& id) {
  return answer([&] { return manager_.has_account(checked(id)); });
}

sdbus::ObjectPath AccountManagerAdaptor::GetAccount(const std::string& id) {
  return answer([&] { return path_of(&manager_.get_account(checked(id))); });
}

std::vector<sdbus::ObjectPath> AccountManagerAdaptor::GetAccounts() {
  return answer([&] { return paths_of(manager_.accounts()); });
}

std::vector<sdbus::ObjectPath> AccountManagerAdaptor::IterAccounts(const uint32_t& offset, const uint32_t& count) {
  return answer([&] {
    const std::vector<sdbus::ObjectPath> paths = paths_of(manager_.accounts());
    const auto first = paths.begin() + std::min<std::ptrdiff_t>(offset, std::ssize(paths));
    return std::vector(first, first + std::min<std::ptrdiff_t>(count, paths.end() - first));
  });
}

sdbus::ObjectPath AccountManagerAdaptor::FindAccount(const std::string& contact_uri) {
  return answer([&] { return path_of(manager_.find_account(checked(contact_uri))); });
}

sdbus::ObjectPath AccountManagerAdaptor::CreateAccount(const std::string& id) {
  return answer([&] { return path_of(&manager_.create_account(checked(id))); });
}

void AccountManagerAdaptor::DefaultAccount(const sdbus::ObjectPath& value) {
  answer([&] {
    manager_.set_default_account(value == no_path ? nullptr : &manager_.get_account(account_id(checked(value))));
  });
}

}  // namespace dbus
