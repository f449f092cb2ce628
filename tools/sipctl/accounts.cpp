// SPDX-License-Identifier: LGPL-2.1-or-later
#include <poll.h>

#include <algorithm>
#include <iostream>

#include "tools/sipctl/password.h"
#include "tools/sipctl/settings.h"

namespace sipctl {
namespace {

using Account = std::pair<std::string, Properties>;

// In the order in which they were made, Bonjour first.
std::vector<Account> accounts_of(Daemon& daemon) {
  std::vector<Account> found = daemon.objects("BonjourAccount");
  const auto others = daemon.objects("Account");
  const Value paths = daemon.call(account_manager_path, "AccountManager", "GetAccounts").at(0);
  for (const Value& path : paths.items)
    for (const Account& one : others)
      if (one.first == path.text) found.push_back(one);
  return found;
}

std::string default_account(Daemon& daemon) {
  return text_of(daemon.properties(account_manager_path, "AccountManager"), "DefaultAccount");
}

std::string state_of(const Properties& account) {
  if (text_of(account, "Active") != "true") return "off";
  const std::string state = text_of(account, "RegistrationState");
  return state.empty() || state == "none" ? "active" : state;
}

std::string reason_of(const Properties& account) {
  const std::string code = text_of(account, "RegistrationCode");
  const std::string reason = text_of(account, "RegistrationReason");
  return code.empty() || code == "0" ? reason : code + " " + reason;
}

void enable(const Options& options, const Command& command, bool enabled) {
  Daemon daemon(options);
  const std::string path = account_path(daemon, command.account);
  set_setting(daemon, path, "enabled", sdbus::Variant(enabled));
  save(daemon, path);
}

// Waits until the account is registered, or a try has failed.
Properties wait_for_registration(Daemon& daemon, const std::string& path, double seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  for (;;) {
    Properties account = daemon.properties(path, "Account");
    const std::string state = text_of(account, "RegistrationState");
    if (state == "registered" || state == "failed" || std::chrono::steady_clock::now() > end) return account;
    pollfd poll{daemon.connection().getEventLoopPollData().fd, POLLIN, 0};
    if (!daemon.connection().processPendingRequest()) ::poll(&poll, 1, 200);
  }
}

}  // namespace

void add_account(const Options& options, const Command& command) {
  const std::string password = password_for(command);
  Daemon daemon(options);
  const std::string path =
      daemon.call(account_manager_path, "AccountManager", "CreateAccount", command.account).at(0).text;
  try {
    if (!password.empty()) set_setting(daemon, path, "password", sdbus::Variant(password));
    set_setting(daemon, path, "enabled", sdbus::Variant(true));
    save(daemon, path);
  } catch (const Failure&) {
    // Nothing is left of an account that cannot be kept.
    daemon.call(path, "SettingsObject", "Delete");
    throw;
  }
  std::cout << (options.json ? "{\"account\": " + to_json(path) + "}" : path) << std::endl;
}

void list_accounts(const Options& options, const Command&) {
  Daemon daemon(options);
  const std::string chosen = default_account(daemon);
  for (const auto& [path, properties] : accounts_of(daemon)) {
    if (options.json) {
      Properties shown = properties;
      shown["Path"] = {'o', path, {}};
      shown["Default"] = {'b', path == chosen ? "true" : "false", {}};
      std::cout << json_of(shown) << std::endl;
      continue;
    }
    std::string line = std::string(path == chosen ? "* " : "  ") + padded(text_of(properties, "Id"), 30) + "  " +
                       padded(state_of(properties), 11) + "  " + reason_of(properties);
    std::cout << line.substr(0, line.find_last_not_of(' ') + 1) << std::endl;
  }
}

void show_account(const Options& options, const Command& command) {
  Daemon daemon(options);
  const std::string path = account_path(daemon, command.account);
  for (const auto& [place, properties] : accounts_of(daemon)) {
    if (place != path) continue;
    if (options.json) {
      std::cout << json_of(properties) << std::endl;
      return;
    }
    for (const auto& [name, value] : properties)
      std::cout << name << ": " << (value.type == 's' ? value.text : value.to_text()) << "\n";
  }
  std::cout << "\n";
  list_settings(options, command);
}

void enable_account(const Options& options, const Command& command) { enable(options, command, true); }
void disable_account(const Options& options, const Command& command) { enable(options, command, false); }

void set_password(const Options& options, const Command& command) {
  const std::string password = password_for(command);
  Daemon daemon(options);
  const std::string path = account_path(daemon, command.account);
  set_setting(daemon, path, "password", sdbus::Variant(password));
  save(daemon, path);
}

void choose_default_account(const Options& options, const Command& command) {
  Daemon daemon(options);
  if (command.account.empty()) {
    const std::string path = default_account(daemon);
    for (const auto& [place, properties] : accounts_of(daemon))
      if (place == path) std::cout << text_of(properties, "Id") << std::endl;
    return;
  }
  const std::string path = command.account == "none" ? "/" : account_path(daemon, command.account);
  daemon.set_property(account_manager_path, "AccountManager", "DefaultAccount",
                      sdbus::Variant(sdbus::ObjectPath(path)));
}

void delete_account(const Options& options, const Command& command) {
  Daemon daemon(options);
  daemon.call(account_path(daemon, command.account), "SettingsObject", "Delete");
}

void register_account(const Options& options, const Command& command) {
  Daemon daemon(options);
  // What wakes wait_for_registration() must be listened for before.
  const auto match = daemon.connection().addMatch("type='signal',sender='org.sipsession1'", [](sdbus::Message&) {});
  const std::string path = account_path(daemon, command.account);
  for (const char* name : {"enabled", "registration.enabled"}) set_setting(daemon, path, name, sdbus::Variant(true));
  save(daemon, path);
  const Properties account = wait_for_registration(daemon, path, options.timeout);
  const std::string state = text_of(account, "RegistrationState");
  if (state != "registered") throw Failure{refused, command.account + " is " + state + ": " + reason_of(account)};
  std::cout << (options.json ? json_of(account) : state) << std::endl;
}

}  // namespace sipctl
