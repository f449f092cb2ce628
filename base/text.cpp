// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.h"

#include <algorithm>

#include <glib.h>

#include "base/handle.h"

namespace base {
namespace {

bool is_bidirectional_override(gunichar c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

// Unicode 15, 23.7. D-Bus allows them, and sd-bus does not send them.
bool is_noncharacter(gunichar c) { return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE; }

// Where the first byte from there on is that it is; the size without one. Compilers make a few instructions of each
// block.
template <typename Is>
std::size_t find_byte(std::string_view text, std::size_t at, Is is) {
  constexpr std::size_t block = 32;
  for (; at + block <= text.size(); at += block) {
    unsigned char any = 0;
    for (std::size_t i = 0; i < block; ++i) any |= static_cast<unsigned char>(is(static_cast<guchar>(text[at + i])));
    if (any != 0) break;
  }
  while (at < text.size() && !is(static_cast<guchar>(text[at]))) ++at;
  return at;
}

// Where the first one is in valid UTF-8; npos without one. Their first byte is 0xEF or more, as of few others.
std::size_t find_noncharacter(std::string_view valid) {
  const auto begins_one = [](guchar c) { return c >= 0xEF; };
  for (std::size_t i = 0; (i = find_byte(valid, i, begins_one)) < valid.size(); ++i)
    if (is_noncharacter(g_utf8_get_char(&valid[i]))) return i;
  return valid.npos;
}

// U+0080 to U+009F, which are controls of terminals too, begin with 0xC2.
bool may_be_escaped(guchar c) { return c < ' ' || c == '"' || c == '\\' || c == 0x7F || c == 0xC2; }

char lower(char c) { return g_ascii_tolower(c); }

}  // namespace

std::string to_utf8(std::string_view bytes) {
  if (bytes.empty()) return {};
  const Handle<char, g_free> valid(g_utf8_make_valid(bytes.data(), static_cast<gssize>(bytes.size())));
  std::string result;
  std::string_view rest = valid.get();
  for (auto at = find_noncharacter(rest); at != rest.npos; at = find_noncharacter(rest)) {
    result.append(rest.substr(0, at)).append("\xef\xbf\xbd");
    rest.remove_prefix(static_cast<std::size_t>(g_utf8_next_char(&rest[at]) - rest.data()));
  }
  return result.append(rest);
}

std::string to_display(std::string_view bytes, std::size_t limit) {
  const std::string valid = to_utf8(bytes.substr(0, limit));
  std::string text;
  for (const char* at = valid.c_str(); *at; at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    if (!g_unichar_iscntrl(c) && !is_bidirectional_override(c))
      text.append(at, static_cast<const char*>(g_utf8_next_char(at)));
  }
  return text;
}

std::string_view beginning(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (text[limit] & 0xc0) == 0x80) --limit;
  return text.substr(0, limit);
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return g_ascii_iscntrl(c); }, ' ');
  return line;
}

bool is_valid_utf8(std::string_view bytes) {
  return g_utf8_validate(bytes.data(), static_cast<gssize>(bytes.size()), nullptr) &&
         find_noncharacter(bytes) == bytes.npos;
}

std::string to_json(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string quoted;
  quoted.reserve(text.size() + text.size() / 8 + 2);
  quoted += '"';
  for (std::size_t i = 0, plain = 0; plain < text.size(); plain = i) {
    i = find_byte(text, plain, may_be_escaped);
    quoted.append(text.substr(plain, i - plain));
    if (i == text.size()) break;
    const char c = text[i++];
    const bool wide = c == '\xc2' && i < text.size() && static_cast<guchar>(text[i]) < 0xa0;
    if (c == '"' || c == '\\') {
      quoted.append({'\\', c});
    } else if (c == '\xc2' && !wide) {
      quoted += c;
    } else {
      const auto control = static_cast<guchar>(wide ? text[i++] : c);
      quoted.append({'\\', 'u', '0', '0', digits[control >> 4], digits[control & 15]});
    }
  }
  return quoted += '"';
}

std::string to_base64(std::string_view bytes) {
  const Handle<char, g_free> text(g_base64_encode(reinterpret_cast<const guchar*>(bytes.data()), bytes.size()));
  return text.get();
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace base
