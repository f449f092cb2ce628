// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/text.h"

#include <algorithm>

#include "base/text.h"

namespace msrp {
namespace {

bool is_control(char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f; }
bool is_visible(char c) { return c > ' ' && c <= '~'; }

}  // namespace

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_ident(std::string_view text) {
  constexpr std::string_view further = ".-+%=";
  return !text.empty() && text.size() <= longest_ident && is_alphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alphanumeric(c) || further.find(c) != further.npos; });
}

bool is_message_id(std::string_view text) {
  return !text.empty() && text.size() <= longest_message_id && std::all_of(text.begin(), text.end(), is_visible);
}

bool is_token(std::string_view text) {
  constexpr std::string_view further = "!#$%&'*+-.^_`{|}~";
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [&](char c) { return is_alphanumeric(c) || further.find(c) != further.npos; });
}

bool is_text(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; })) return true;
  return base::is_valid_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

bool is_content_type(std::string_view text) {
  if (text.size() > 255 || !is_text(text)) return false;
  const std::string_view type = trim(text.substr(0, text.find(';')));
  const auto slash = type.find('/');
  return slash != type.npos && is_token(type.substr(0, slash)) && is_token(type.substr(slash + 1));
}

std::string media_type(std::string_view content_type) {
  return base::to_lower(trim(content_type.substr(0, content_type.find(';'))));
}

bool accepts(const std::vector<std::string>& patterns, std::string_view content_type) {
  const std::string type = media_type(content_type);
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    const std::string wanted = media_type(pattern);
    if (wanted == "*" || wanted == "*/*" || wanted == type) return true;
    return wanted.ends_with("/*") &&
           std::string_view(type).starts_with(std::string_view(wanted).substr(0, wanted.size() - 1));
  });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace msrp
