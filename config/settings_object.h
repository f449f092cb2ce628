// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/checked.h"

namespace config {

struct Description {
  std::string name;
  std::string signature;
  Value default_value;
  bool nillable;
  std::string documentation;
};

struct Change {
  Value old_value;
  Value new_value;
  bool operator==(const Change&) const = default;
};
using Changes = std::map<std::string, Change>;

// One object's settings by their dotted names: what the bus needs, alike for the daemon and for every account.
// Names that are unknown and values that are not allowed throw Error{invalid_argument}.
class SettingsObject {
 public:
  virtual ~SettingsObject() = default;

  virtual std::vector<std::string> names() const = 0;
  virtual Value get(const std::string& name) const = 0;
  virtual void set(const std::string& name, const Value& value) = 0;
  virtual void reset(const std::string& name) = 0;
  virtual std::map<std::string, Value> all() const = 0;  // secrets left out
  virtual std::vector<Description> describe() const = 0;

  // What was set since the last commit and differs from it; commit() makes that act. A secret shows as "" → "".
  virtual Changes changes() const = 0;
  virtual void commit() = 0;
};

}  // namespace config
