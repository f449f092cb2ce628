// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/door.h"

#include "dbus/errors.h"
#include "dbus/names.h"

namespace dbus {
namespace {

[[noreturn]] void refuse_delete() {
  throw base::Error(base::Errc::invalid_argument, "the general settings cannot be deleted: only accounts can");
}

// A request may be the end of the object that answers it: it goes when its last signal has left.
template <typename Exported>
void retire(Outbox& outbox, Exported exported) {
  outbox.post([kept = std::make_shared<Exported>(std::move(exported))] {});
}

}  // namespace

Door::Door(sdbus::IConnection& connection, Outbox& outbox, Domain domain)
    : bus_{connection, outbox},
      domain_(std::move(domain)),
      root_(bus_),
      engine_(bus_, domain_.engine),
      sessions_(bus_, domain_.sessions, domain_.saved.chat),
      session_manager_(bus_, domain_.sessions, domain_.accounts),
      account_manager_(bus_, domain_.accounts),
      settings_(bus_, settings_path, domain_.settings, {.save = domain_.save_settings, .remove = refuse_delete}) {}

void Door::on_engine_event(const session::EngineEvent& event) {
  attempt([&] { engine_.tell(event); });
}

void Door::on_session_added(session::Session& session) {
  attempt([&] {
    root_.tell_added(session_path(session.number()), {sessions_.add(session)});
    session_manager_.refresh();
  });
}

void Door::on_session_event(session::Session& session, const session::Event& event) {
  attempt([&] {
    if (std::holds_alternative<session::ChangedState>(event)) session_manager_.refresh();
    sessions_.tell(session, event);
  });
}

void Door::on_session_removed(const session::Session& session) {
  attempt([&] {
    if (!sessions_.remove(session)) return;
    session_manager_.refresh();
    root_.tell_removed(session_path(session.number()), {SessionAdaptor::INTERFACE_NAME});
  });
}

struct Door::AccountEventVisitor {
  Door& door;

  // After Stop and Start an account is added that never left the bus.
  void operator()(const account::DidAddAccount& e) const {
    if (!door.accounts_.contains(e.account.id())) put_on_bus(e.account);
    door.account_manager_.tell_added(account_path(e.account.id()));
  }

  void put_on_bus(account::Account& account) const {
    const auto path = account_path(account.id());
    const Domain& domain = door.domain_;
    ExportedAccount exported;
    if (account.is_bonjour())
      exported.account = std::make_unique<BonjourAccountAdaptor>(door.bus_, account);
    else
      exported.account = std::make_unique<AccountAdaptor>(door.bus_, account);
    exported.settings = std::make_unique<SettingsAdaptor>(
        door.bus_, path, account.settings(),
        SettingsAdaptor::Owner{.save = [&](const auto& done) { domain.save_account(account, done); },
                               .remove = [&] { domain.delete_account(account); }});
    door.root_.tell_added(path, {exported.account->interface(), SettingsAdaptor::interface()});
    door.accounts_[account.id()] = std::move(exported);
  }

  void operator()(const account::DidRemoveAccount& e) const {
    auto exported = door.accounts_.extract(e.account.id());
    if (exported.empty()) return;
    const auto path = account_path(e.account.id());
    door.account_manager_.tell_removed(path);
    door.root_.tell_removed(path, {exported.mapped().account->interface().name, SettingsAdaptor::interface().name});
    retire(door.bus_.outbox, std::move(exported.mapped()));
  }

  void operator()(const account::DidChangeDefaultAccount& e) const {
    door.account_manager_.tell_default(account_path(e.old_account ? e.old_account->id() : ""),
                                       account_path(e.account ? e.account->id() : ""));
  }

  void operator()(const account::RegistrationDidHappen& e) const {
    const auto exported = door.accounts_.find(e.account.id());
    if (exported != door.accounts_.end()) exported->second.account->tell(e.event);
  }
  void operator()(const account::DidActivate& e) const { tell_active(e.account, true); }
  void operator()(const account::DidDeactivate& e) const { tell_active(e.account, false); }

  void tell_active(const account::Account& account, bool active) const {
    const auto exported = door.accounts_.find(account.id());
    if (exported != door.accounts_.end()) exported->second.account->tell_active(active);
  }
};

void Door::on_account_event(const account::AccountEvent& event) {
  attempt([&] { std::visit(AccountEventVisitor{*this}, event); });
}

void Door::settings_did_change(const config::SettingsObject& settings, const config::Changes& modified) {
  attempt([&] {
    if (&settings == &settings_.settings()) {
      account_manager_.refresh();
      settings_.tell(modified);
    }
    for (const auto& [id, exported] : accounts_) {
      if (&settings != &exported.settings->settings()) continue;
      exported.account->refresh();
      exported.settings->tell(modified);
    }
  });
}

void Door::engine_did_change() {
  attempt([&] { engine_.refresh(); });
}

void Door::account_did_change(const account::Account& account) {
  attempt([&] {
    const auto exported = accounts_.find(account.id());
    if (exported != accounts_.end()) exported->second.account->refresh();
  });
}

}  // namespace dbus
