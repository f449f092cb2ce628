// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/account_adaptor.h"

#include "dbus/names.h"

namespace dbus {

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
  tell(bus_, adaptor, active ? &Generated::emitSIPAccountDidActivate : &Generated::emitSIPAccountDidDeactivate, now());
}

template <typename Generated>
void AccountAdaptorOf<Generated>::refresh() {
  AccountValues values = values_of(account_);
  tell_properties_changed(bus_, this->getObject(), Generated::INTERFACE_NAME, changes(account_table(), shown_, values));
  shown_ = std::move(values);
}

template class AccountAdaptorOf<org::sipsession1::Account_adaptor>;
template class AccountAdaptorOf<org::sipsession1::BonjourAccount_adaptor>;

Interface AccountAdaptor::interface() const {
  Interface interface = AccountAdaptorOf::interface();
  interface.properties.merge(all(registration_table(), registration_));
  return interface;
}

}  // namespace dbus
