// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>

#include "msrp/message.h"

// What is written has its headers in the order of RFC 4975, 9. Nothing that is given can leave its header or its body:
// a line break, another control character, broken UTF-8 or a wrong word is refused with base::Error invalid_argument,
// and then nothing was appended.
namespace msrp {

// 64 bits that nobody can guess.
using Random = std::function<std::uint64_t()>;

// A transaction id whose end-line is not in the body (RFC 4975, 7.1).
std::string choose_transaction(std::string_view body, const Random& random);

// A Message-ID or a session id: 64 bits as 16 hexadecimal digits, 80 bits and more by calling again.
std::string choose_id(const Random& random);

// Appends the request. There is a body, which may be empty, if there is a content type.
void write(const Request& request, std::string_view body, Flag flag, std::string& out);
void write(const Response& response, std::string& out);

}  // namespace msrp
