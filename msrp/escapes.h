// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

namespace msrp {

// The escapes of header values in RFC 3862, 3.2: \n, \", \u00e9 and so on. What is no escape stays as it is; what would
// be NUL or half a character becomes U+FFFD.
std::string unescape(std::string_view text);

// The other way: valid UTF-8 that holds no control characters, and no spaces at its ends that would be trimmed. Within
// quotes, a quote is escaped too.
std::string escape(std::string_view text, bool quoted);

}  // namespace msrp
