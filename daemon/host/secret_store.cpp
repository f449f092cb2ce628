// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/host/secret_store.h"

#include <chrono>
#include <utility>

#include <sdbus-c++/sdbus-c++.h>

#include "base/log.h"

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

constexpr const char* prompt_interface = "org.freedesktop.Secret.Prompt";

constexpr auto limit = 10s;
// Who stores a password waits for the answer of the user, and less long than D-Bus waits for ours, which is 25 s.
constexpr auto longest_answer = 15s;
// Not every service tells that it was unlocked, or is well again.
constexpr auto look_interval = 60s;

using Attributes = std::map<std::string, std::string>;
using Bytes = std::vector<std::uint8_t>;
using Secret = sdbus::Struct<sdbus::ObjectPath, Bytes, Bytes, std::string>;  // session, parameters, value, type
using Paths = std::vector<sdbus::ObjectPath>;

// By these it is found. A keyring of GNOME that was locked since its start finds nothing by the name of a schema.
Attributes marks_of(const std::string& account) { return {{"application", "sipsessiond"}, {"account", account}}; }

Attributes attributes_of(const std::string& account) {
  Attributes attributes = marks_of(account);
  attributes["xdg:schema"] = "org.sipsession1.Account";
  return attributes;
}

SecretStore::Outcome outcome_of(const sdbus::Error& error) {
  const std::string& name = error.getName();
  const bool absent = name == "org.freedesktop.DBus.Error.ServiceUnknown" ||
                      name == "org.freedesktop.DBus.Error.NameHasNoOwner" ||
                      name.starts_with("org.freedesktop.DBus.Error.Spawn.");
  return absent ? SecretStore::Outcome::absent : SecretStore::Outcome::failed;
}

bool is_locked(const sdbus::Error& error) { return error.getName() == "org.freedesktop.Secret.Error.IsLocked"; }

// The service is there, and its default collection is not: nobody made a keyring.
bool has_no_collection(const sdbus::Error& error) {
  const std::string& name = error.getName();
  return name == "org.freedesktop.Secret.Error.NoSuchObject" || name == "org.freedesktop.DBus.Error.UnknownObject" ||
         name == "org.freedesktop.DBus.Error.UnknownMethod";
}

std::string why(const sdbus::Error& error) {
  if (has_no_collection(error))
    return "the Secret Service has no default keyring: make one, or let accounts.password_store be file";
  if (is_locked(error)) return "the Secret Service is locked";
  if (outcome_of(error) == SecretStore::Outcome::absent) return "there is no Secret Service";
  return "the Secret Service says " + error.getMessage();
}

}  // namespace

struct SecretStore::Search {
  Found found;
  std::size_t pending = 0;
  Outcome outcome = Outcome::done;
  std::string why;
  std::map<std::string, std::string> items;  // path to account
  std::map<std::string, std::string> passwords;
  std::set<std::string> locked;
  Paths locked_items;
};

SecretStore::SecretStore(base::Scheduler& scheduler, sdbus::IConnection& connection, std::function<void()> changed)
    : connection_(connection), changed_(std::move(changed)), longest_wait_(scheduler), next_look_(scheduler) {
  const std::string name = service_name;
  matches_.push_back(
      connection_.addMatch("type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" + name + "'",
                           [this](sdbus::Message& signal) { on_owner(signal); }));
  matches_.push_back(connection_.addMatch("type='signal',sender='" + name + "'",
                                          [this](sdbus::Message& signal) { on_signal(signal); }));
}

void SecretStore::on_owner(sdbus::Message& signal) {
  std::string name;
  std::string old_owner;
  std::string new_owner;
  signal >> name >> old_owner >> new_owner;
  // A session ends with the service that gave it, and its questions.
  session_.clear();
  if (unlocking_) unlock_ended("the Secret Service went away");
  // One that went away is not called, which would start it again at once, and again.
  if (!new_owner.empty()) changed_();
}

void SecretStore::on_signal(sdbus::Message& signal) {
  if (!prompt_.empty() && signal.getMemberName() == "Completed" && signal.getPath() == prompt_) {
    bool dismissed = true;
    signal >> dismissed;
    return unlock_ended(dismissed ? "the Secret Service is locked, and the question to unlock it was dismissed" : "");
  }
  changed_();
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

void SecretStore::unlock(const Paths& objects, const Unlocked& unlocked) {
  if (unlocked) {
    waiting_.push_back(unlocked);
    if (!longest_wait_.running())
      longest_wait_.start(longest_answer,
                          [this] { answer_waiting("the Secret Service is locked, and nobody unlocks it"); });
  }
  if (std::exchange(unlocking_, true)) return;
  at(service_path)
      .callMethodAsync("Unlock")
      .onInterface(service_interface)
      .withTimeout(limit)
      .withArguments(objects)
      .uponReplyInvoke([this](const sdbus::Error* error, const Paths&, const sdbus::ObjectPath& prompt) {
        if (!unlocking_) return;
        if (error) return unlock_ended(why(*error));
        if (prompt == "/") return unlock_ended("");
        prompt_ = prompt;
        at(prompt_)
            .callMethodAsync("Prompt")
            .onInterface(prompt_interface)
            .withTimeout(limit)
            .withArguments(std::string() /* no window of ours */)
            .uponReplyInvoke([this](const sdbus::Error* refused) {
              if (refused) unlock_ended(why(*refused));
            });
      });
}

void SecretStore::unlock_ended(const std::string& fault) {
  unlocking_ = false;
  prompt_.clear();
  refusal_ = fault;
  if (!fault.empty()) base::log::warning("no password can be read or stored", {{"FAULT", fault}});
  answer_waiting(fault);
  changed_();
}

void SecretStore::answer_waiting(const std::string& fault) {
  longest_wait_.stop();
  for (const Unlocked& unlocked : std::exchange(waiting_, {})) unlocked(fault);
}

void SecretStore::store(const std::string& account, const std::string& password, const Stored& stored) {
  create(account, password, true, stored);
}

// Locked: it is asked to unlock, once, and then again for the item.
void SecretStore::unlock_and_create(const std::string& account, const std::string& password, const Stored& stored) {
  unlock({collection_path}, [=, this](const std::string& fault) {
    if (!fault.empty()) return stored(Outcome::failed, fault);
    create(account, password, false, stored);
  });
}

void SecretStore::create(const std::string& account, const std::string& password, bool may_ask, const Stored& stored) {
  open([=, this](const auto& session, Outcome outcome, const std::string& reason) {
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
        .uponReplyInvoke([=, this](const sdbus::Error* error, const sdbus::ObjectPath& item, const sdbus::ObjectPath&) {
          // No item means that somebody would have to be asked first.
          const bool locked = error ? is_locked(*error) : item == "/";
          if (locked && may_ask) return unlock_and_create(account, password, stored);
          if (locked) return stored(Outcome::failed, "the Secret Service is locked");
          if (error) return stored(outcome_of(*error), why(*error));
          stored(Outcome::done, "");
        });
  });
}

void SecretStore::forget(const std::string& account) {
  at(service_path)
      .callMethodAsync("SearchItems")
      .onInterface(service_interface)
      .withTimeout(limit)
      .withArguments(marks_of(account))
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
  const auto all = std::make_shared<Search>();
  all->found = found;
  all->pending = accounts.size();
  open([this, accounts, all](const auto&, Outcome outcome, const std::string& reason) {
    all->outcome = outcome;
    all->why = reason;
    if (outcome != Outcome::done) return finish(all);
    for (const std::string& account : accounts) search(account, all);
  });
}

void SecretStore::search(const std::string& account, const std::shared_ptr<Search>& search) {
  at(service_path)
      .callMethodAsync("SearchItems")
      .onInterface(service_interface)
      .withTimeout(limit)
      .withArguments(marks_of(account))
      .uponReplyInvoke([this, account, search](const sdbus::Error* error, const Paths& unlocked, const Paths& locked) {
        if (error) {
          search->outcome = outcome_of(*error);
          search->why = why(*error);
        } else if (!unlocked.empty()) {
          search->items[unlocked.front()] = account;
        } else if (!locked.empty()) {
          search->locked.insert(account);
          search->locked_items.push_back(locked.front());
        }
        if (--search->pending == 0) read(search);
      });
}

void SecretStore::read(const std::shared_ptr<Search>& search) {
  if (search->items.empty()) return finish(search);
  Paths paths;
  for (const auto& [path, account] : search->items) paths.emplace_back(path);
  at(service_path)
      .callMethodAsync("GetSecrets")
      .onInterface(service_interface)
      .withTimeout(limit)
      .withArguments(paths, sdbus::ObjectPath(session_))
      .uponReplyInvoke([this, search](const sdbus::Error* error, const std::map<sdbus::ObjectPath, Secret>& secrets) {
        if (error) {
          search->outcome = Outcome::failed;
          search->why = why(*error);
          return finish(search);
        }
        for (const auto& [path, secret] : secrets) {
          const auto item = search->items.find(path);
          const Bytes& value = std::get<2>(secret);
          if (item != search->items.end()) search->passwords[item->second] = std::string(value.begin(), value.end());
        }
        // What was unlocked a moment ago and gave nothing is locked now.
        for (const auto& [path, account] : search->items)
          if (!search->passwords.contains(account)) {
            search->locked.insert(account);
            search->locked_items.emplace_back(path);
          }
        finish(search);
      });
}

void SecretStore::finish(const std::shared_ptr<Search>& search) {
  const bool locked = !search->locked.empty();
  if (search->outcome == Outcome::done && !locked) {
    asked_by_us_ = false;
    refusal_.clear();
  } else {
    next_look_.start(look_interval, changed_);
  }
  if (locked && !std::exchange(asked_by_us_, true)) unlock(search->locked_items, {});
  if (locked) {
    search->why = unlocking_         ? "the Secret Service is locked, and was asked to unlock"
                  : refusal_.empty() ? "the Secret Service is locked"
                                     : refusal_;
  }
  search->found(search->outcome, search->passwords, search->locked, search->why);
}

}  // namespace host
