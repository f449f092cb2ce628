// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <memory>
#include <string>

#include "daemon/account/keeper.h"
#include "dbus/account_adaptor.h"
#include "dbus/account_manager_adaptor.h"
#include "dbus/engine_adaptor.h"
#include "dbus/session_adaptor.h"
#include "dbus/session_manager_adaptor.h"
#include "dbus/settings_adaptor.h"

namespace dbus {

// What the door opens to. Saving and deleting do what SettingsObject says of Save and Delete; what is saved comes back
// by settings_did_change().
struct Domain {
  session::Engine& engine;
  session::SessionManager& sessions;
  account::AccountManager& accounts;
  config::SettingsObject& settings;
  const config::GeneralSettings& saved;  // of them, what was saved last
  std::function<void(const SettingsAdaptor::Done&)> save_settings;
  std::function<void(account::Account&, const SettingsAdaptor::Done&)> save_account;
  std::function<void(account::Account&)> delete_account;
};

// Everything that is on the bus. What happens in the domain rises to it and leaves as signals; it never throws into the
// domain. It must be there before the first account or session is.
class Door : public session::SessionManagerListener,
             public account::AccountManagerListener,
             public account::KeeperListener,
             public session::EngineListener {
 public:
  Door(sdbus::IConnection& connection, Outbox& outbox, Domain domain);

  void on_engine_event(const session::EngineEvent& event) override;
  void on_session_added(session::Session& session) override;
  void on_session_event(session::Session& session, const session::Event& event) override;
  void on_session_removed(const session::Session& session) override;
  void on_account_event(const account::AccountEvent& event) override;

  void settings_did_change(const config::SettingsObject& settings, const config::Changes& modified) override;
  // Properties of the engine or of an account changed, and no event tells of it.
  void engine_did_change();
  void account_did_change(const account::Account& account) override;

 private:
  struct ExportedAccount {
    std::unique_ptr<AnyAccountAdaptor> account;
    std::unique_ptr<SettingsAdaptor> settings;
  };
  struct AccountEventVisitor;

  Bus bus_;
  Domain domain_;
  Root root_;
  EngineAdaptor engine_;
  SessionAdaptor sessions_;
  SessionManagerAdaptor session_manager_;
  AccountManagerAdaptor account_manager_;
  SettingsAdaptor settings_;
  std::map<std::string, ExportedAccount> accounts_;
};

}  // namespace dbus
