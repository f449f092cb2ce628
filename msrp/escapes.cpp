// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/escapes.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace msrp {
namespace {

constexpr std::string_view letters = "btnr\"'\\";
constexpr std::string_view meanings = "\b\t\n\r\"'\\";

void append_utf8(char32_t c, std::string& out) {
  // Neither surrogates nor noncharacters (Unicode 15, 23.7) are characters of a text; see base::to_utf8().
  const bool noncharacter = (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
  if (c == 0 || (c >= 0xd800 && c <= 0xdfff) || noncharacter) c = 0xfffd;
  const auto byte = [&](char32_t bits) { out += static_cast<char>(bits); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xc0 | c >> 6);
    byte(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    byte(0xe0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3f));
    byte(0x80 | (c & 0x3f));
  } else {
    byte(0xf0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3f));
    byte(0x80 | (c >> 6 & 0x3f));
    byte(0x80 | (c & 0x3f));
  }
}

// The number of \uXXXX at the front.
std::optional<char32_t> unit_at(std::string_view text) {
  unsigned unit = 0;
  if (text.size() < 6 || !text.starts_with("\\u")) return {};
  const auto [end, fault] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  if (fault != std::errc{} || end != text.data() + 6) return {};
  return unit;
}

// How many characters the escape at the front has; 0 if it is none.
std::size_t unescape_one(std::string_view text, std::string& out) {
  if (text.size() < 2 || text.front() != '\\') return 0;
  if (const auto letter = letters.find(text[1]); letter != letters.npos) {
    out += meanings[letter];
    return 2;
  }
  const auto unit = unit_at(text);
  if (!unit) return 0;
  // Characters beyond 16 bits are two of them, as everywhere where \u is.
  const auto second = *unit >= 0xd800 && *unit < 0xdc00 ? unit_at(text.substr(6)) : std::nullopt;
  if (second && *second >= 0xdc00 && *second < 0xe000) {
    append_utf8(0x10000 + ((*unit - 0xd800) << 10) + (*second - 0xdc00), out);
    return 12;
  }
  append_utf8(*unit, out);
  return 6;
}

}  // namespace

std::string unescape(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::size_t taken = unescape_one(text, result);
    if (taken == 0) {
      taken = std::max<std::size_t>(1, std::min(text.find('\\', 1), text.size()));
      result += text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  return result;
}

std::string escape(std::string_view text, bool quoted) {
  const std::string valid = base::to_utf8(text);
  std::string result;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    const auto meaning = meanings.find(c);
    const bool at_end = !quoted && c == ' ' && (i == 0 || i + 1 == valid.size());
    if (meaning != meanings.npos && (quoted || c != '"') && c != '\'')
      result.append(1, '\\').append(1, letters[meaning]);
    else if (static_cast<unsigned char>(c) < ' ' || c == 0x7f || at_end)
      result.append("\\u00").append(1, "0123456789abcdef"[c >> 4]).append(1, "0123456789abcdef"[c & 0xf]);
    else
      result += c;
  }
  return result;
}

}  // namespace msrp
