// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace base {

// Valid UTF-8 without NUL and noncharacters (U+FDD0, U+FFFE and their like): what is neither becomes U+FFFD. For every
// text from the network that may reach the bus.
std::string to_utf8(std::string_view bytes);

// The same, also without control characters and bidirectional overrides: for names and reasons that people read.
std::string to_display(std::string_view bytes, std::size_t limit = 4096);

// The beginning of UTF-8, at most so many bytes, and no piece of a character.
std::string_view beginning(std::string_view text, std::size_t limit);

// The same text with each control character replaced by a space, so that it forges no line of a log.
std::string one_line(std::string_view text);

// Whether to_utf8() leaves it as it is.
bool is_valid_utf8(std::string_view bytes);
// Valid UTF-8 as JSON writes it: in quotes, and every control character escaped.
std::string to_json(std::string_view text);
std::string to_base64(std::string_view bytes);
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string to_lower(std::string_view text);
std::string_view trim(std::string_view text);

// The whole text as a decimal number; nothing if it is empty, signed, too large or anything else.
template <typename Number>
std::optional<Number> to_number(std::string_view text) {
  Number number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size() || text.empty() || text.front() == '-') return {};
  return number;
}

}  // namespace base
