// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/settings_adaptor.h"

#include "dbus/errors.h"

namespace dbus {

SettingsAdaptor::SettingsAdaptor(const Bus& bus, const sdbus::ObjectPath& path, config::SettingsObject& settings,
                                 Owner owner)
    : AdaptorInterfaces(bus.connection, path), bus_(bus), settings_(settings), owner_(std::move(owner)) {
  registerAdaptor();
}

SettingsAdaptor::~SettingsAdaptor() { unregisterAdaptor(); }

void SettingsAdaptor::tell(const config::Changes& modified) {
  using Adaptor = org::sipsession1::SettingsObject_adaptor;
  dbus::tell<Adaptor>(bus_, *this, &Adaptor::emitCFGSettingsObjectDidChange, now(), to_bus(modified));
}

sdbus::Variant SettingsAdaptor::GetSetting(const std::string& name) {
  return answer([&] { return to_bus(settings_.get(checked(name))); });
}

void SettingsAdaptor::SetSetting(const std::string& name, const sdbus::Variant& value) {
  answer([&] { settings_.set(checked(name), from_bus(value)); });
}

void SettingsAdaptor::ResetSetting(const std::string& name) {
  answer([&] { settings_.reset(checked(name)); });
}

Dictionary SettingsAdaptor::GetSettings() {
  return answer([&] {
    Dictionary result;
    for (const auto& [name, value] : settings_.all()) result.emplace(name, to_bus(value));
    return result;
  });
}

std::vector<Description> SettingsAdaptor::DescribeSettings() {
  return answer([&] { return to_bus(settings_.describe()); });
}

void SettingsAdaptor::Save(sdbus::Result<>&& result) {
  answer([&] {
    // What keeps it may take its time, and the client may be gone by then.
    owner_.save([kept = std::make_shared<sdbus::Result<>>(std::move(result))](const base::Error* refused) {
      attempt([&] { refused ? kept->returnError(error_of(*refused)) : kept->returnResults(); });
    });
  });
}

void SettingsAdaptor::Delete() {
  answer([&] { owner_.remove(); });
}

}  // namespace dbus
