// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "config/setting.h"
#include "config/settings_object.h"

namespace config {

// The settings of one group. The typed saved() is what the daemon acts on; set() changes current() alone.
// The rows must outlive it.
template <typename Group>
class Settings : public SettingsObject {
 public:
  Settings(const Rows<Group>& rows, Group defaults, Group saved)
      : rows_(rows), defaults_(std::move(defaults)), saved_(std::move(saved)), current_(saved_) {}

  const Group& saved() const { return saved_; }
  const Group& current() const { return current_; }

  std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const Row<Group>& row : rows_) names.push_back(row.name);
    return names;
  }

  Value get(const std::string& name) const override { return shown(find(name), current_); }
  void set(const std::string& name, const Value& value) override { assign(writable(name), current_, value); }
  void reset(const std::string& name) override {
    const Row<Group>& row = writable(name);
    row.set(current_, row.get(defaults_));
  }

  std::map<std::string, Value> all() const override {
    std::map<std::string, Value> values;
    for (const Row<Group>& row : rows_)
      if (!row.nature.secret) values.emplace(row.name, row.get(current_));
    return values;
  }

  std::vector<Description> describe() const override {
    std::vector<Description> descriptions;
    for (const Row<Group>& row : rows_) {
      const Value value = row.get(defaults_);
      descriptions.push_back({row.name, signature_of(value), value, row.nature.nillable, row.documentation});
    }
    return descriptions;
  }

  Changes changes() const override {
    Changes changes;
    for (const Row<Group>& row : rows_)
      if (row.differs(saved_, current_)) changes.emplace(row.name, Change{shown(row, saved_), shown(row, current_)});
    return changes;
  }
  void commit() override { saved_ = current_; }
  // Other values were saved than those of current(), which keeps what was set since the last commit. What differs now
  // from what was saved before.
  Changes take(const Group& saved) {
    Changes changes;
    for (const Row<Group>& row : rows_) {
      if (!row.differs(saved_, saved)) continue;
      changes.emplace(row.name, Change{shown(row, saved_), shown(row, saved)});
      if (!row.differs(saved_, current_)) row.set(current_, row.get(saved));
    }
    saved_ = saved;
    return changes;
  }

 private:
  static Value shown(const Row<Group>& row, const Group& group) {
    return row.nature.secret ? Value(std::string()) : row.get(group);
  }
  const Row<Group>& find(const std::string& name) const {
    if (const Row<Group>* row = find_row(rows_, name)) return *row;
    throw base::Error(base::Errc::invalid_argument, "there is no setting " + text_of(name));
  }
  const Row<Group>& writable(const std::string& name) const {
    const Row<Group>& row = find(name);
    if (!row.nature.write_once) return row;
    throw base::Error(base::Errc::invalid_argument,
                      name + " cannot be changed: it is set once, when its object is made");
  }

  const Rows<Group>& rows_;
  Group defaults_;
  Group saved_;
  Group current_;
};

}  // namespace config
