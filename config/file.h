// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/account_settings.h"
#include "config/general_settings.h"

namespace config {

// Something in a file that was not taken, and why. Line 0: the file as a whole.
struct Problem {
  std::string file;
  unsigned line = 0;
  std::string sentence;
};
std::string to_text(const Problem& problem);

// What a file says: whatever it leaves out, or says wrongly, has its default.
struct Loaded {
  GeneralSettings general;
  AccountSettings bonjour = bonjour_defaults();
  std::vector<Problem> problems;
};

// Never throws for what the file is or holds. A file that does not exist is an empty one.
Loaded read_file(const std::filesystem::path& path);
Loaded read_text(std::string_view text, const std::string& name);

}  // namespace config
