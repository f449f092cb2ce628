// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "config/file.h"

// What the file says, in its syntax.
namespace config {

std::string quoted_for_file(const std::string& text);
std::string to_file(const Value& value);

struct KeptAccount {
  const AccountSettings* settings;
  bool with_secrets = true;  // false: something else keeps them, which the file says
};
// All that is kept, as it is when the file is written.
struct Picture {
  const GeneralSettings& general;
  const AccountSettings& bonjour;
  std::vector<KeptAccount> accounts;
};

// Only what differs from the defaults, and the strays. A stray gives way to a setting that has its place.
std::string to_file(const Picture& picture, const Strays& strays);

}  // namespace config
