// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

// The words and texts of RFC 4975, 9, and which of them may be written.
namespace msrp {

inline constexpr std::size_t longest_ident = 64;
inline constexpr std::size_t longest_message_id = 128;

bool is_alphanumeric(char c);

// Letters, digits and .-+%= only, the first a letter or digit; 4 to 32 of them by the RFC, while some peers make longer
// and shorter ones.
bool is_ident(std::string_view text);

// Peers make ids longer than the RFC allows, and with other characters; an id is only echoed and compared.
bool is_message_id(std::string_view text);

// The name of a header, a part of a media type.
bool is_token(std::string_view text);

// Valid UTF-8 without control characters but HTAB: it cannot leave its line.
bool is_text(std::string_view text);

// A media type with its parameters, as text that cannot leave its line: "text/plain; charset=utf-8".
bool is_content_type(std::string_view text);

// The type alone, in lower case: "text/plain".
std::string media_type(std::string_view content_type);

// Whether one of the patterns ("text/plain", "text/*", "*") takes the content type (RFC 4975, 8.6).
bool accepts(const std::vector<std::string>& patterns, std::string_view content_type);

// Without spaces and tabs at both ends.
std::string_view trim(std::string_view text);

}  // namespace msrp
