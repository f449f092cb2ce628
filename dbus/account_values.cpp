// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/account_values.h"

#include "base/text.h"

namespace dbus {

AccountValues values_of(const account::Account& account) {
  return {
      .id = account.id(),
      .username = account.username(),
      .domain = account.domain(),
      .contact = account.contact(),
      .contact_uris = account.contact_uris(),
      .credentials = base::to_display(account.credentials()),
      .active = account.active(),
      .has_password = account.has_password(),
  };
}

RegistrationValues values_of(const account::RegistrationProperties& registration) {
  return {
      .state = std::string(to_text(registration.state)),
      .code = registration.code,
      .reason = base::to_display(registration.reason),
      .route = to_bus(registration.route),
      .expires = to_bus(registration.expires),
      .next_try = to_bus(registration.next_try),
      .contacts = registration.contacts,
  };
}

const PropertyTable<AccountValues>& account_table() {
  using V = AccountValues;
  static const PropertyTable<V> table{
      property("Id", &V::id),
      property("Username", &V::username),
      property("Domain", &V::domain),
      property("Contact", &V::contact),
      property("ContactUris", &V::contact_uris),
      property("Credentials", &V::credentials),
      property("Active", &V::active),
      property("HasPassword", &V::has_password),
  };
  return table;
}

const PropertyTable<RegistrationValues>& registration_table() {
  using V = RegistrationValues;
  static const PropertyTable<V> table{
      property("RegistrationState", &V::state),     property("RegistrationCode", &V::code),
      property("RegistrationReason", &V::reason),   property("RegistrationRoute", &V::route),
      property("RegistrationExpires", &V::expires), property("RegistrationNextTry", &V::next_try),
      property("RegisteredContacts", &V::contacts),
  };
  return table;
}

}  // namespace dbus
