// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sdbus-c++/Types.h>

namespace dbus {

using Dictionary = std::map<std::string, sdbus::Variant>;

// One property of an object on the bus; Values holds what the object shows at one moment.
template <typename Values>
struct Property {
  const char* name;
  std::function<sdbus::Variant(const Values&)> get;
  std::function<bool(const Values&, const Values&)> same;
};

template <typename Values>
using PropertyTable = std::vector<Property<Values>>;

template <typename Values, typename Type>
Property<Values> property(const char* name, Type Values::*member) {
  return {name, [member](const Values& values) { return sdbus::Variant(values.*member); },
          [member](const Values& a, const Values& b) { return a.*member == b.*member; }};
}

template <typename Values>
Dictionary all(const PropertyTable<Values>& table, const Values& values) {
  Dictionary result;
  for (const auto& row : table) result.emplace(row.name, row.get(values));
  return result;
}

// The new values of those that differ.
template <typename Values>
Dictionary changes(const PropertyTable<Values>& table, const Values& before, const Values& after) {
  Dictionary result;
  for (const auto& row : table)
    if (!row.same(before, after)) result.emplace(row.name, row.get(after));
  return result;
}

}  // namespace dbus
