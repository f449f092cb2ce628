// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/account/account.h"

#include <algorithm>
#include <random>
#include <utility>

#include "base/identifier.h"
#include "base/text.h"
#include "daemon/sip/uri.h"

namespace account {
namespace {

// All different, so that a contact is told from another at a glance; unforeseeable, so that strangers do not ring.
std::string random_letters(std::size_t count) {
  std::string pool = "abcdefghijklmnopqrstuvwxyz";
  std::string letters;
  std::random_device random;
  while (letters.size() < count) {
    const auto at = std::uniform_int_distribution<std::size_t>(0, pool.size() - 1)(random);
    letters += pool[at];
    pool.erase(at, 1);
  }
  return letters;
}

// A domain that is an IPv6 address has brackets in an id.
std::string bare_host(const std::string& domain) {
  const bool bracketed = domain.starts_with('[') && domain.ends_with(']');
  return base::to_lower(bracketed ? domain.substr(1, domain.size() - 2) : domain);
}

}  // namespace

Account::Account(config::AccountSettings defaults, config::AccountSettings saved, const Reach& reach)
    : settings_(*saved.id == bonjour_id ? config::bonjour_rows() : config::account_rows(), std::move(defaults),
                std::move(saved)),
      reach_(reach),
      letters_(random_letters(8)) {
  learn_credentials();
  if (reach_.registering && !is_bonjour())
    binding_ = std::make_unique<Binding>(*reach_.registering, authentication_, [this](const RegistrationEvent& event) {
      if (listener_) listener_->on_registration_event(*this, event);
    });
}

std::optional<sip::Uri> Account::outbound_proxy() const {
  const config::ServerAddress& proxy = *saved().outbound_proxy;
  if (proxy.host.empty()) return {};
  sip::Uri uri;
  uri.host = proxy.host;
  uri.port = proxy.port;
  if (proxy.transport) uri.transport = config::to_text(*proxy.transport);
  return uri;
}

// What the servers of the account are, and its realms, without what is learnt from them.
void Account::learn_credentials() {
  if (is_bonjour()) return;
  authentication_->username = saved().auth_username->empty() ? sip::unescape(username()) : *saved().auth_username;
  authentication_->password = password();
  authentication_->servers.clear();
  authentication_->realms.clear();
  sip::Uri domain_uri;
  domain_uri.host = bare_host(domain());
  for (const auto& uri : {std::optional(domain_uri), outbound_proxy()}) {
    if (!uri) continue;
    const std::string host = base::to_lower(uri->host);
    const std::uint16_t usual_port = uri->transport == "tls" ? 5061 : 5060;
    authentication_->servers.insert(sip::is_address(host) ? sip::endpoint(host, uri->port ? uri->port : usual_port)
                                                          : host);
    authentication_->realms.insert(host);
  }
  if (const std::string& name = *saved().sip.tls_name; !name.empty())
    authentication_->servers.insert(base::to_lower(name));
}

bool Account::registers() const {
  return binding_ && active_ && *saved().registration.enabled && reach_.registering->registrars();
}

Identity Account::identity() const {
  sip::Uri registrar;
  registrar.host = bare_host(domain());
  const auto keepalive_interval = static_cast<unsigned>(*saved().sip.keepalive_interval);
  return {uri(), contact_user(), registrar, outbound_proxy().value_or(registrar),
          static_cast<unsigned>(*saved().registration.interval), *saved().nat.rewrite_contact, *saved().sip.tls_name,
          // RFC 5626, 4.4: whoever asks for it keeps the flow alive.
          *saved().sip.outbound && keepalive_interval > 0,
          base::stable_urn(reach_.registering->installation + " " + id()), keepalive_interval};
}

void Account::update_registration(bool anew) {
  if (!binding_) return;
  if (!registers()) return binding_->stop();
  if (awaits_password()) return binding_->wait(identity(), "the password is not at hand: " + why_no_password());
  if (anew || binding_->idle() || binding_->ending()) binding_->start(identity());
}

void Account::set_active(bool active) {
  active_ = active;
  update_registration(active);
}

void Account::on_password() {
  learn_credentials();
  update_registration(true);
}

void Account::register_again() { update_registration(true); }

void Account::on_saved(const config::Changes& changes) {
  const bool anew = std::any_of(changes.begin(), changes.end(), [](const auto& change) {
    const auto* row = config::find_row(config::account_rows(), change.first);
    return row && row->nature.applies == config::Applies::registration;
  });
  if (!anew) return;
  learn_credentials();
  update_registration(true);
}

RegistrationProperties Account::registration() const {
  return binding_ ? binding_->properties() : RegistrationProperties{};
}

std::string Account::username() const { return id().substr(0, id().rfind('@')); }

std::string Account::domain() const { return id().substr(id().rfind('@') + 1); }

std::string Account::contact_user() const {
  const std::string& chosen = *settings_.saved().contact_user;
  return chosen.empty() ? letters_ : chosen;
}

std::string Account::contact() const { return contact_user() + "@" + reach_.local_address(); }

std::map<std::string, std::string> Account::contact_uris() const {
  std::map<std::string, std::string> uris;
  for (const char* transport : {"udp", "tcp"})
    if (std::string uri = reach_.contact_uri(contact_user(), transport); !uri.empty()) uris.emplace(transport, uri);
  return uris;
}

std::string Account::uri() const {
  if (!is_bonjour()) return "sip:" + id();
  return "sip:" + contact_user() + "@" + sip::host_in_uri(reach_.local_address());
}

std::string Account::credentials() const { return sip::name_address(display_name(), uri()); }

}  // namespace account
