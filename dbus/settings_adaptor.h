// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>

#include <sdbus-c++/AdaptorInterfaces.h>

#include "config/settings_object.h"
#include "dbus/SettingsObject_adaptor.h"
#include "dbus/object.h"
#include "dbus/to_bus.h"

namespace dbus {

// The settings of an account, or the general ones, on the bus.
class SettingsAdaptor final : private sdbus::AdaptorInterfaces<org::sipsession1::SettingsObject_adaptor> {
 public:
  // How a request ended: null when it was done.
  using Done = std::function<void(const base::Error*)>;
  // What its owner does when a client asks for it.
  struct Owner {
    std::function<void(const Done&)> save;
    std::function<void()> remove;
  };

  SettingsAdaptor(const Bus& bus, const sdbus::ObjectPath& path, config::SettingsObject& settings, Owner owner);
  ~SettingsAdaptor();

  const config::SettingsObject& settings() const { return settings_; }
  void tell(const config::Changes& modified);
  static Interface interface() { return {INTERFACE_NAME, {}}; }

 private:
  sdbus::Variant GetSetting(const std::string& name) override;
  void SetSetting(const std::string& name, const sdbus::Variant& value) override;
  void ResetSetting(const std::string& name) override;
  Dictionary GetSettings() override;
  std::vector<Description> DescribeSettings() override;
  void Save(sdbus::Result<>&& result) override;
  void Delete() override;

  Bus bus_;
  config::SettingsObject& settings_;
  Owner owner_;
};

}  // namespace dbus
