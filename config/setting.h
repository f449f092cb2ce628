// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/values.h"

namespace config {

// When a change of a setting is felt.
enum class Applies {
  next,          // with the next call, chat, recording or lookup
  at_once,       // when it is saved
  registration,  // when it is saved: the account registers again
  reload,        // when the files are read again
  sip_start,     // when SIP starts
  daemon_start,
};

struct Nature {
  bool nillable = false;    // the empty text or list stands for none
  bool write_once = false;  // set when the object is made, then never
  bool secret = false;      // goes in and never comes out
  Applies applies = Applies::next;
};

// One declared setting of a group: its dotted name, where it is, and what it means. All that is known of a setting,
// the file format, the bus and the manual alike, comes from here.
template <typename Group>
struct Row {
  std::string name;
  std::string documentation;
  Nature nature;
  std::string allowed;
  std::function<Value(const Group&)> get;
  std::function<bool(Group&, const Value&)> set;  // false: not allowed, and nothing is changed
  std::function<bool(const Group&, const Group&)> differs;
};

template <typename Group>
using Rows = std::vector<Row<Group>>;

// The row for the member that the member pointers lead to, from the group inwards.
template <typename Group, auto... path>
Row<Group> row(std::string name, std::string documentation, Nature nature = {}) {
  using Type = std::remove_cvref_t<decltype((std::declval<Group&>().*....*path))>;
  return {
      std::move(name),
      std::move(documentation),
      nature,
      nature.nillable ? Type::allowed() + ", or empty for none" : Type::allowed(),
      [](const Group& group) { return (group.*....*path).to_value(); },
      [nature](Group& group, const Value& value) {
        const bool null = nature.nillable && is_empty(value) && value.index() == Type().to_value().index();
        const auto checked = null ? std::optional<Type>(Type()) : Type::from_value(value);
        if (checked) (group.*....*path) = *checked;
        return checked.has_value();
      },
      [](const Group& one, const Group& other) { return !((one.*....*path) == (other.*....*path)); },
  };
}

template <typename Group>
Rows<Group> joined(std::initializer_list<Rows<Group>> parts) {
  Rows<Group> rows;
  for (const Rows<Group>& part : parts) rows.insert(rows.end(), part.begin(), part.end());
  return rows;
}

template <typename Group>
std::string refusal(const Row<Group>& row, const Value& value) {
  return row.name + " cannot be " + (row.nature.secret ? "this" : text_of(value)) + ": allowed is " + row.allowed;
}

// Sets the value in the group; throws Error{invalid_argument}, naming the setting, the value and what is allowed.
template <typename Group>
void assign(const Row<Group>& row, Group& group, const Value& value) {
  if (!row.set(group, value)) throw base::Error(base::Errc::invalid_argument, refusal(row, value));
}

template <typename Group>
const Row<Group>* find_row(const Rows<Group>& rows, const std::string& name) {
  for (const Row<Group>& row : rows)
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace config
