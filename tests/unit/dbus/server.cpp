// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/unit/dbus/server.h"

#include <future>

#include "config/general_settings.h"
#include "config/settings.h"
#include "dbus/bus_source.h"
#include "dbus/connection.h"
#include "dbus/door.h"

namespace test {
namespace {

// What the daemon has, faked where SIP and sound would come in.
struct House {
  House(const std::string& address, base::Loop& loop_of_bus)
      : connection(dbus::connect({.system = false, .address = address})),
        source(*connection, outbox, [&loop_of_bus] { loop_of_bus.quit(1); }),
        door(
            *connection, outbox,
            {engine, sessions, accounts, settings, settings.saved(), [this](const auto& done) { save(settings, done); },
             [this](account::Account& account, const auto& done) { save(account.settings(), done); },
             [this](account::Account& account) { door.on_account_event(account::DidRemoveAccount{account}); }}) {
    engine.listener = &door;
    sessions.listener = &door;
    accounts.set_listener(door);
    dbus::own_name(*connection);
    accounts.start();
  }

  void save(config::SettingsObject& saved, const dbus::SettingsAdaptor::Done& done) {
    const config::Changes changes = saved.changes();
    saved.commit();
    done(nullptr);
    door.settings_did_change(saved, changes);
  }

  session::Engine engine;
  session::SessionManager sessions;
  account::Reach reach{[](const std::string& user, const std::string&) { return "sip:" + user + "@192.0.2.1"; },
                       [] { return std::string("192.0.2.1"); }};
  account::AccountManager accounts{config::bonjour_defaults(), reach};
  config::Settings<config::GeneralSettings> settings{config::general_rows(), {}, {}};
  std::unique_ptr<sdbus::IConnection> connection;
  dbus::Outbox outbox;
  dbus::BusSource source;
  dbus::Door door;
};

}  // namespace

Server::Server(const std::string& address) {
  std::promise<void> ready;
  thread_ = std::jthread([&, address] {
    const House house(address, loop_);
    ready.set_value();
    loop_.run();
  });
  ready.get_future().wait();
}

Server::~Server() {
  loop_.post([this] { loop_.quit(0); });
}

}  // namespace test
