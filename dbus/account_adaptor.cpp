// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/account_adaptor.h"

#include "dbus/names.h"

namespace dbus {
namespace {

using Adaptor = org::sipsession1::Account_adaptor;

Dictionary to_bus(const account::RegistrationAttempt& attempt) {
  Dictionary dictionary{{"route", dbus::to_bus(attempt.route)}, {"contact", attempt.contact}};
  if (attempt.expires != 0) dictionary["expires"] = static_cast<std::uint32_t>(attempt.expires);
  if (!attempt.cause.empty()) dictionary["cause"] = attempt.cause;
  return dictionary;
}

}  // namespace

template <typename Generated>
AccountAdaptorOf<Generated>::AccountAdaptorOf(const Bus& bus, account::Account& account)
    : sdbus::AdaptorInterfaces<Generated>(bus.connection, account_path(account.id())),
      bus_(bus),
      account_(account),
      shown_(values_of(account)) {
  this->registerAdaptor();
}

template <typename Generated>
void AccountAdaptorOf<Generated>::tell_active(bool active) {
  refresh();
  Generated& adaptor = *this;
  dbus::tell(bus_, adaptor, active ? &Generated::emitSIPAccountDidActivate : &Generated::emitSIPAccountDidDeactivate,
             now());
}

template <typename Generated>
void AccountAdaptorOf<Generated>::refresh() {
  AccountValues values = values_of(account_);
  tell_properties_changed(bus_, this->getObject(), Generated::INTERFACE_NAME, changes(account_table(), shown_, values));
  shown_ = std::move(values);
}

template class AccountAdaptorOf<org::sipsession1::Account_adaptor>;
template class AccountAdaptorOf<org::sipsession1::BonjourAccount_adaptor>;

void AccountAdaptor::refresh() {
  AccountAdaptorOf::refresh();
  RegistrationValues values = values_of(account().registration());
  tell_properties_changed(bus(), getObject(), Adaptor::INTERFACE_NAME,
                          changes(registration_table(), registration_, values));
  registration_ = std::move(values);
}

void AccountAdaptor::tell(const account::RegistrationEvent& event) {
  refresh();
  Adaptor& adaptor = *this;
  if (const auto* e = std::get_if<account::RegistrationDidSucceed>(&event))
    dbus::tell(bus(), adaptor, &Adaptor::emitSIPAccountRegistrationDidSucceed, now(), e->code, e->reason,
               e->attempt.contact, e->contact_uri_list, e->attempt.expires, to_bus(e->attempt));
  if (const auto* e = std::get_if<account::RegistrationDidFail>(&event))
    dbus::tell(bus(), adaptor, &Adaptor::emitSIPAccountRegistrationDidFail, now(), e->code, e->reason,
               to_bus(e->attempt), dbus::to_bus(e->next_route), std::chrono::duration<double>(e->delay).count());
  if (const auto* e = std::get_if<account::RegistrationDidEnd>(&event))
    dbus::tell(bus(), adaptor, &Adaptor::emitSIPAccountRegistrationDidEnd, now(), e->code, e->reason,
               to_bus(e->attempt));
}

Interface AccountAdaptor::interface() const {
  Interface interface = AccountAdaptorOf::interface();
  interface.properties.merge(all(registration_table(), registration_));
  return interface;
}

}  // namespace dbus
