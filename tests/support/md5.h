// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace test {

// As 32 hexadecimal digits.
std::string md5(const std::string& text);

}  // namespace test
