// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "config/account_settings.h"
#include "daemon/account/account_events.h"
#include "daemon/account/binding.h"
#include "daemon/sip/credentials.h"
#include "daemon/sip/uri.h"

namespace account {

inline constexpr const char* bonjour_id = "bonjour@local";

// What an account must know of the SIP stack for the time being: where it can be reached.
struct Reach {
  // The URI for a user part by a transport; empty when we do not listen on it, or SIP does not run.
  std::function<std::string(const std::string& user, const std::string& transport)> contact_uri;
  std::function<std::string()> local_address;  // numeric
  const Registering* registering = nullptr;    // null: nobody registers
};

// The Account of the API: who we are in a call. The Bonjour account is one without registration.
class Account {
 public:
  Account(config::AccountSettings defaults, config::AccountSettings saved, const Reach& reach);
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  void set_listener(AccountListener& listener) { listener_ = &listener; }

  // An active account registers, unless its settings say otherwise; one that no longer is takes its binding back.
  void set_active(bool active);
  // Its password is waited for, because of this; empty: no longer.
  void set_awaits_password(std::string why) { awaits_password_ = std::move(why); }
  // It is being deleted: nothing new begins.
  void set_leaving() { leaving_ = true; }
  // These settings were saved and act from now on.
  void on_saved(const config::Changes& changes);
  // The password is known now, or is another one.
  void on_password();
  // Registers now, if it does at all, whatever is waited for: the network is another one, or somebody asks.
  void register_again();

  const std::string& id() const { return *settings_.saved().id; }
  std::string username() const;  // the parts of the id: left and right of the last @
  std::string domain() const;
  bool is_bonjour() const { return id() == bonjour_id; }

  // False also while it is being deleted.
  bool enabled() const { return *settings_.saved().enabled && !leaving_; }
  bool leaving() const { return leaving_; }
  bool active() const { return active_; }
  bool has_password() const { return !password().empty(); }
  const config::AccountSettings& saved() const { return settings_.saved(); }
  const std::string& password() const { return *settings_.saved().password; }  // empty: none
  // What keeps the password has not given it yet, and why; until then it is not known whether there is one.
  bool awaits_password() const { return !awaits_password_.empty(); }
  const std::string& why_no_password() const { return awaits_password_; }
  // Whether something of it goes on after its removal, so that the object must stay.
  bool in_use() const { return binding_ && binding_->ending(); }
  RegistrationProperties registration() const;
  // Where its requests go first; nothing: where their own URI leads.
  std::optional<sip::Uri> outbound_proxy() const;
  std::string display_name() const { return *settings_.saved().display_name; }
  const std::vector<std::string>& codec_list() const { return *settings_.saved().audio.codec_list; }  // empty: inherit
  std::string contact_user() const;                         // eight letters of this run, or the setting
  std::string contact() const;                              // user@address
  std::map<std::string, std::string> contact_uris() const;  // transport to URI
  std::string credentials() const;                          // "Alice" <sip:alice@example.com>, never the password
  std::string uri() const;                                  // of From: sip:id, or of Bonjour sip:contact
  // For challenges, of the registrar and within calls; changed in place.
  std::shared_ptr<const sip::Credentials> authentication() const { return authentication_; }

  config::Settings<config::AccountSettings>& settings() { return settings_; }
  const config::Settings<config::AccountSettings>& settings() const { return settings_; }

 private:
  bool registers() const;
  Identity identity() const;
  void learn_credentials();
  void update_registration(bool anew);

  config::Settings<config::AccountSettings> settings_;
  const Reach& reach_;
  std::string letters_;
  const std::shared_ptr<sip::Credentials> authentication_ = std::make_shared<sip::Credentials>();
  AccountListener* listener_ = nullptr;
  std::unique_ptr<Binding> binding_;
  bool active_ = false;
  bool leaving_ = false;
  std::string awaits_password_;
};

}  // namespace account
