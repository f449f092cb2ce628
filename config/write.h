// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "config/checked.h"

// Values as the file has them.
namespace config {

std::string quoted_for_file(const std::string& text);
std::string to_file(const Value& value);

}  // namespace config
