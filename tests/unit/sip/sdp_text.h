// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

// A description with these media lines; lines end with CR LF.
inline std::string description_with(const std::string& media, const std::string& session = "c=IN IP4 192.0.2.1\r\n") {
  return "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\n" + session + "t=0 0\r\n" + media;
}
