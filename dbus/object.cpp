// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/object.h"

#include "dbus/names.h"

namespace dbus {
namespace {

constexpr const char* properties_interface = "org.freedesktop.DBus.Properties";
constexpr const char* object_manager_interface = "org.freedesktop.DBus.ObjectManager";

}  // namespace

void post(const Bus& bus, const sdbus::Signal& message) {
  bus.outbox.post([message] { message.send(); });
}

void tell_properties_changed(const Bus& bus, sdbus::IObject& object, const std::string& interface,
                             const Dictionary& changed) {
  if (changed.empty()) return;
  // The message is made now: sdbus-c++ would read the properties again when it leaves.
  auto message = object.createSignal(properties_interface, "PropertiesChanged");
  message << interface << changed << std::vector<std::string>();
  post(bus, message);
}

Root::Root(const Bus& bus) : bus_(bus), object_(sdbus::createObject(bus.connection, root_path)) {
  object_->addObjectManager();
}

void Root::tell_added(const sdbus::ObjectPath& path, const std::vector<Interface>& interfaces) {
  std::map<std::string, Dictionary> shown;
  for (const Interface& each : interfaces) shown.emplace(each.name, each.properties);
  auto message = object_->createSignal(object_manager_interface, "InterfacesAdded");
  message << path << shown;
  post(bus_, message);
}

void Root::tell_removed(const sdbus::ObjectPath& path, const std::vector<std::string>& interfaces) {
  auto message = object_->createSignal(object_manager_interface, "InterfacesRemoved");
  message << path << interfaces;
  post(bus_, message);
}

}  // namespace dbus
