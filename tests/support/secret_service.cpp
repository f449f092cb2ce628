// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/secret_service.h"

namespace test {
namespace {

constexpr const char* service_interface = "org.freedesktop.Secret.Service";
constexpr const char* collection_interface = "org.freedesktop.Secret.Collection";
constexpr const char* prompt_interface = "org.freedesktop.Secret.Prompt";
const sdbus::ObjectPath prompt = "/org/freedesktop/secrets/prompt/p1";
const sdbus::ObjectPath session = "/org/freedesktop/secrets/session/s1";

}  // namespace

SecretService::SecretService(const PrivateBus& bus, const std::map<std::string, std::string>& passwords)
    : connection_(bus.connect()) {
  service_ = sdbus::createObject(*connection_, "/org/freedesktop/secrets");
  service_->registerMethod("OpenSession")
      .onInterface(service_interface)
      .implementedAs([](const std::string&, const sdbus::Variant&) {
        return std::make_tuple(sdbus::Variant(std::string()), session);
      });
  service_->registerMethod("SearchItems")
      .onInterface(service_interface)
      .implementedAs([this](const Attributes& wanted) {
        const Paths found = search(wanted);
        return locked_ ? std::make_tuple(Paths(), found) : std::make_tuple(found, Paths());
      });
  service_->registerMethod("GetSecrets")
      .onInterface(service_interface)
      .implementedAs([this](const Paths& items, const sdbus::ObjectPath& of_session) {
        std::map<sdbus::ObjectPath, Secret> secrets;
        const std::lock_guard lock(mutex_);
        for (const auto& path : items)
          if (const auto item = items_.find(path); item != items_.end() && !locked_)
            secrets[path] = Secret(of_session, Bytes(),
                                   Bytes(item->second.password.begin(), item->second.password.end()), "text/plain");
        return secrets;
      });
  service_->registerMethod("Unlock").onInterface(service_interface).implementedAs([this](const Paths& objects) {
    return locked_ ? std::make_tuple(Paths(), prompt) : std::make_tuple(objects, sdbus::ObjectPath("/"));
  });
  service_->registerSignal("CollectionChanged").onInterface(service_interface).withParameters<sdbus::ObjectPath>();
  service_->finishRegistration();
  collection_ = sdbus::createObject(*connection_, "/org/freedesktop/secrets/aliases/default");
  collection_->registerMethod("CreateItem")
      .onInterface(collection_interface)
      .implementedAs([this](const std::map<std::string, sdbus::Variant>& properties, const Secret& secret, bool) {
        if (locked_) throw sdbus::Error("org.freedesktop.Secret.Error.IsLocked", "it is locked");
        const auto attributes = properties.at("org.freedesktop.Secret.Item.Attributes").get<Attributes>();
        const Bytes& value = secret.get<2>();
        return std::make_tuple(create(attributes.at("account"), std::string(value.begin(), value.end())),
                               sdbus::ObjectPath("/"));
      });
  collection_->finishRegistration();
  prompt_ = sdbus::createObject(*connection_, prompt);
  prompt_->registerMethod("Prompt").onInterface(prompt_interface).implementedAs([this](const std::string&) {
    ++questions_;
    if (answer_ != Answer::nothing) answer(answer_);
  });
  prompt_->registerSignal("Completed").onInterface(prompt_interface).withParameters<bool, sdbus::Variant>();
  prompt_->finishRegistration();
  for (const auto& [account, password] : passwords) create(account, password);
  connection_->requestName("org.freedesktop.secrets");
  connection_->enterEventLoopAsync();
}

SecretService::~SecretService() {
  connection_->leaveEventLoop();
  items_.clear();
}

void SecretService::set_locked(bool locked) {
  locked_ = locked;
  service_->emitSignal("CollectionChanged")
      .onInterface(service_interface)
      .withArguments(sdbus::ObjectPath("/org/freedesktop/secrets/aliases/default"));
}

void SecretService::answer(Answer answer) {
  const bool dismissed = answer == Answer::no;
  if (!dismissed) locked_ = false;
  prompt_->emitSignal("Completed").onInterface(prompt_interface).withArguments(dismissed, sdbus::Variant(Paths()));
}

std::map<std::string, std::string> SecretService::passwords() const {
  std::map<std::string, std::string> result;
  const std::lock_guard lock(mutex_);
  for (const auto& [path, item] : items_) result[item.account] = item.password;
  return result;
}

SecretService::Paths SecretService::search(const Attributes& wanted) const {
  Paths found;
  const std::lock_guard lock(mutex_);
  if (wanted.at("application") != "sipsessiond") return found;
  for (const auto& [path, item] : items_)
    if (item.account == wanted.at("account")) found.emplace_back(path);
  return found;
}

// The bus has a lock of its own, which it holds when it calls us: ours is free when the bus is asked for something.
sdbus::ObjectPath SecretService::create(const std::string& account, const std::string& password) {
  std::unique_lock lock(mutex_);
  for (auto& [path, item] : items_)
    if (item.account == account) {
      item.password = password;
      return path;
    }
  const std::string path = "/org/freedesktop/secrets/collection/login/" + std::to_string(++last_);
  lock.unlock();
  auto object = sdbus::createObject(*connection_, path);
  object->registerMethod("Delete").onInterface("org.freedesktop.Secret.Item").implementedAs([this, path] {
    const std::lock_guard forgetting(mutex_);
    // The object that answers stays until the end.
    items_.at(path).account.clear();
    return sdbus::ObjectPath("/");
  });
  object->finishRegistration();
  lock.lock();
  items_[path] = {account, password, std::move(object)};
  return path;
}

}  // namespace test
