// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include <sdbus-c++/IConnection.h>
#include <sdbus-c++/IObject.h>

#include "dbus/outbox.h"
#include "dbus/property_table.h"

namespace dbus {

// What every object on the bus needs.
struct Bus {
  sdbus::IConnection& connection;
  Outbox& outbox;
};

// One interface of an object, and the properties that it shows.
struct Interface {
  std::string name;
  Dictionary properties;
};

// Sends a message when its turn comes.
void post(const Bus& bus, const sdbus::Signal& message);

// Emits a signal by its generated function, with these values, when its turn comes.
template <typename Adaptor, typename... Parameters>
void tell(const Bus& bus, Adaptor& adaptor, void (Adaptor::*emit)(Parameters...),
          std::decay_t<Parameters>... arguments) {
  bus.outbox.post([&adaptor, emit, arguments...] { (adaptor.*emit)(arguments...); });
}

// Tells that properties have these values now. Nothing changed, nothing told.
void tell_properties_changed(const Bus& bus, sdbus::IObject& object, const std::string& interface,
                             const Dictionary& changed);

// The root of our objects: the ObjectManager, which tells of their coming and going.
class Root {
 public:
  explicit Root(const Bus& bus);

  void tell_added(const sdbus::ObjectPath& path, const std::vector<Interface>& interfaces);
  void tell_removed(const sdbus::ObjectPath& path, const std::vector<std::string>& interfaces);

 private:
  Bus bus_;
  std::unique_ptr<sdbus::IObject> object_;
};

}  // namespace dbus
