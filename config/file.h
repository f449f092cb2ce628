// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/account_settings.h"
#include "config/general_settings.h"

namespace config {

inline constexpr std::size_t longest_file = 4 << 20;

// What stands in the place of a password that something else keeps.
inline constexpr const char* password_elsewhere = "password_elsewhere";

// Something in a file that was not taken, and why. Line 0: the file as a whole.
struct Problem {
  std::string file;
  unsigned line = 0;
  std::string sentence;
};
std::string to_text(const Problem& problem);

// An entry that means nothing to us and that we keep as it is: perhaps a later version wrote it, or a hand slipped.
struct Stray {
  std::string group;  // where it stands: "" or "audio."
  std::string name;   // empty: it is an element of the list of accounts
  std::string text;
};
// By the id of the account that they are in; "" for the general settings.
using Strays = std::map<std::string, std::vector<Stray>>;

// What a file says: whatever it leaves out, or says wrongly, has its default.
struct Loaded {
  GeneralSettings general;
  AccountSettings bonjour = bonjour_defaults();
  std::vector<AccountSettings> accounts;
  // The ids of those whose password is kept, and not here.
  std::set<std::string> passwords_elsewhere;
  bool names_default_account = false;
  Strays strays;
  std::vector<Problem> problems;
  bool usable = true;  // false: all is at its defaults, and the file must not be written over
};

// Never throws for what the file is or holds. A file that does not exist is an empty one.
Loaded read_text(std::string_view text, const std::string& name);

}  // namespace config
