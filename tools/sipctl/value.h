// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <sdbus-c++/Message.h>

#include "base/text.h"

namespace sipctl {

// A D-Bus value of any type, for people and programs to read.
struct Value {
  char type = 0;             // of D-Bus: s, u, a and so on, ( for a struct, { for a dictionary; 0: no value
  std::string text;          // of what is no container; of an array of bytes these, and no items
  std::vector<Value> items;  // of a container; of a dictionary keys and values in turn

  // Quoted text, [array], (struct), {"key": value}; a variant is its content. Of long texts and of many bytes it is the
  // beginning, and how many there are.
  std::string to_text() const;
  std::string to_json() const;
};

using base::to_json;

// The next value of the message, and all that remain in it.
Value read_value(sdbus::Message& message);
std::vector<Value> read_values(sdbus::Message& message);

}  // namespace sipctl
