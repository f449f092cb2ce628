// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/host/secret_store.h"

#include <chrono>

#include <sdbus-c++/sdbus-c++.h>

namespace host {
namespace {

using namespace std::chrono_literals;

// The names of the Secret Service API, draft 0.2.
constexpr const char* service_name = "org.freedesktop.secrets";
constexpr const char* service_path = "/org/freedesktop/secrets";
constexpr const char* collection_path = "/org/freedesktop/secrets/aliases/default";
constexpr const char* service_interface = "org.freedesktop.Secret.Service";
constexpr const char* collection_interface = "org.freedesktop.Secret.Collection";
constexpr const char* item_interface = "org.freedesktop.Secret.Item";

constexpr auto limit = 10s;

using Attributes = std::map<std::string, std::string>;
using Bytes = std::vector<std::uint8_t>;
using Secret = sdbus::Struct<sdbus::ObjectPath, Bytes, Bytes, std::string>;  // session, parameters, value, type
using Paths = std::vector<sdbus::ObjectPath>;

Attributes attributes_of(const std::string& account) {
  return {{"xdg:schema", "org.sipsession1.Account"}, {"application", "sipsessiond"}, {"account", account}};
}

SecretStore::Outcome outcome_of(const sdbus::Error& error) {
  const std::string& name = error.getName();
  const bool absent = name == "org.freedesktop.DBus.Error.ServiceUnknown" ||
                      name == "org.freedesktop.DBus.Error.NameHasNoOwner" ||
                      name.starts_with("org.freedesktop.DBus.Error.Spawn.");
  return absent ? SecretStore::Outcome::absent : SecretStore::Outcome::failed;
}

std::string why(const sdbus::Error& error) {
  return error.getName() == "org.freedesktop.Secret.Error.IsLocked" ? "the Secret Service is locked"
                                                                    : "the Secret Service says " + error.getMessage();
}

}  // namespace

struct SecretStore::Search {
  Found found;
  std::size_t pending = 0;
  Outcome outcome = Outcome::done;
  std::map<std::string, std::string> items;  // path to account
  std::set<std::string> locked;
};

SecretStore::SecretStore(sdbus::IConnection& connection, std::function<void()> changed)
    : connection_(connection), changed_(std::move(changed)) {
  const std::string name = service_name;
  matches_.push_back(
      connection_.addMatch("type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" + name + "'",
                           [this](sdbus::Message&) {
                             // A session ends with the service that gave it.
                             session_.clear();
                             changed_();
                           }));
  matches_.push_back(
      connection_.addMatch("type='signal',sender='" + name + "'", [this](sdbus::Message&) { changed_(); }));
}

sdbus::IProxy& SecretStore::at(const std::string& path) {
  auto& proxy = proxies_[path];
  if (!proxy) proxy = sdbus::createProxy(connection_, service_name, path);
  return *proxy;
}

void SecretStore::open(const Opened& opened) {
  if (!session_.empty()) return opened(session_, Outcome::done, "");
  // The bus carries the secret to nobody but its receiver, so that "plain" gives away nothing.
  at(service_path)
      .callMethodAsync("OpenSession")
      .onInterface(service_interface)
      .withTimeout(limit)
      .withArguments(std::string("plain"), sdbus::Variant(std::string()))
      .uponReplyInvoke([this, opened](const sdbus::Error* error, const sdbus::Variant&, const sdbus::ObjectPath& path) {
        if (error) return opened({}, outcome_of(*error), why(*error));
        session_ = path;
        opened(path, Outcome::done, "");
      });
}

void SecretStore::store(const std::string& account, const std::string& password, const Stored& stored) {
  open([this, account, password, stored](const auto& session, Outcome outcome, const std::string& reason) {
    if (outcome != Outcome::done) return stored(outcome, reason);
    const std::map<std::string, sdbus::Variant> properties{
        {"org.freedesktop.Secret.Item.Label", sdbus::Variant("SIP password of " + account)},
        {"org.freedesktop.Secret.Item.Attributes", sdbus::Variant(attributes_of(account))}};
    const Secret secret(session, Bytes(), Bytes(password.begin(), password.end()), "text/plain");
    at(collection_path)
        .callMethodAsync("CreateItem")
        .onInterface(collection_interface)
        .withTimeout(limit)
        .withArguments(properties, secret, true)
        .uponReplyInvoke([stored](const sdbus::Error* error, const sdbus::ObjectPath& item, const sdbus::ObjectPath&) {
          if (error) return stored(Outcome::failed, why(*error));
          // No item means that somebody would have to be asked first.
          if (item == "/") return stored(Outcome::failed, "the Secret Service is locked");
          stored(Outcome::done, "");
        });
  });
}

void SecretStore::forget(const std::string& account) {
  at(service_path)
      .callMethodAsync("SearchItems")
      .onInterface(service_interface)
      .withTimeout(limit)
      .withArguments(attributes_of(account))
      .uponReplyInvoke([this](const sdbus::Error* error, const Paths& unlocked, const Paths& locked) {
        if (error) return;
        for (const Paths& items : {unlocked, locked})
          for (const sdbus::ObjectPath& item : items)
            at(item)
                .callMethodAsync("Delete")
                .onInterface(item_interface)
                .uponReplyInvoke([](const sdbus::Error*, const sdbus::ObjectPath&) {});
      });
}

void SecretStore::look_up(const std::vector<std::string>& accounts, const Found& found) {
  open([this, accounts, found](const auto&, Outcome outcome, const std::string&) {
    if (outcome != Outcome::done) return found(outcome, {}, {});
    const auto all = std::make_shared<Search>();
    all->found = found;
    all->pending = accounts.size();
    for (const std::string& account : accounts) search(account, all);
  });
}

void SecretStore::search(const std::string& account, const std::shared_ptr<Search>& search) {
  at(service_path)
      .callMethodAsync("SearchItems")
      .onInterface(service_interface)
      .withTimeout(limit)
      .withArguments(attributes_of(account))
      .uponReplyInvoke([this, account, search](const sdbus::Error* error, const Paths& unlocked, const Paths& locked) {
        if (error)
          search->outcome = Outcome::failed;
        else if (!unlocked.empty())
          search->items[unlocked.front()] = account;
        else if (!locked.empty())
          search->locked.insert(account);
        if (--search->pending == 0) read(search);
      });
}

void SecretStore::read(const std::shared_ptr<Search>& search) {
  if (search->items.empty()) return search->found(search->outcome, {}, search->locked);
  Paths paths;
  for (const auto& [path, account] : search->items) paths.emplace_back(path);
  at(service_path)
      .callMethodAsync("GetSecrets")
      .onInterface(service_interface)
      .withTimeout(limit)
      .withArguments(paths, sdbus::ObjectPath(session_))
      .uponReplyInvoke([search](const sdbus::Error* error, const std::map<sdbus::ObjectPath, Secret>& secrets) {
        std::map<std::string, std::string> passwords;
        if (error) return search->found(Outcome::failed, passwords, search->locked);
        for (const auto& [path, secret] : secrets) {
          const auto item = search->items.find(path);
          const Bytes& value = std::get<2>(secret);
          if (item != search->items.end()) passwords[item->second] = std::string(value.begin(), value.end());
        }
        // What was unlocked a moment ago and gave nothing is locked now.
        for (const auto& [path, account] : search->items)
          if (!passwords.contains(account)) search->locked.insert(account);
        search->found(search->outcome, passwords, search->locked);
      });
}

}  // namespace host
