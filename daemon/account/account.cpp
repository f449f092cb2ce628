// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/account/account.h"

#include <random>
#include <utility>

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

}  // namespace

Account::Account(config::AccountSettings defaults, config::AccountSettings saved, const Reach& reach)
    : settings_(*saved.id == bonjour_id ? config::bonjour_rows() : config::account_rows(), std::move(defaults),
                std::move(saved)),
      reach_(reach),
      letters_(random_letters(8)) {}

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
