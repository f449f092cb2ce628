// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/uri.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace sip {
namespace {

constexpr std::size_t longest_uri = 1000;

bool is_alphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_hexadecimal(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

// inet_pton ends at a NUL and would not see what follows.
bool holds_nul(std::string_view text) { return text.find('\0') != text.npos; }

// Each character of the set, a letter, a digit, or an escape of two hexadecimal digits.
bool consists_of(std::string_view text, std::string_view set) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hexadecimal(text[i + 1]) || !is_hexadecimal(text[i + 2])) return false;
      i += 2;
    } else if (!is_alphanumeric(text[i]) && set.find(text[i]) == set.npos) {
      return false;
    }
  }
  return true;
}

constexpr std::string_view in_user =
    "-_.!~*'()&=+$,;?/#";  // '#' is no user character by the letter, and dialled everywhere
constexpr std::string_view in_parameter = "-_.!~*'()[]/:&+$=";

bool parse_host_and_port(std::string_view text, Uri& uri) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return false;
    uri.host = text.substr(1, end - 1);
    if (!is_ipv6(uri.host)) return false;
    port = text.substr(end + 1);
  } else {
    const auto colon = text.find(':');
    uri.host = text.substr(0, colon);
    if (!is_ipv4(uri.host) && !is_host_name(uri.host)) return false;
    port = colon == text.npos ? "" : text.substr(colon);
  }
  if (port.empty()) return true;
  const auto number = port.front() == ':' ? base::to_number<std::uint16_t>(port.substr(1)) : std::nullopt;
  uri.port = number.value_or(0);
  return uri.port != 0;
}

bool parse_parameters(std::string_view text, Uri& uri) {
  while (!text.empty()) {
    text.remove_prefix(1);  // the semicolon
    const std::string_view parameter = text.substr(0, text.find(';'));
    text.remove_prefix(parameter.size());
    if (parameter.empty() || !consists_of(parameter, in_parameter)) return false;
    const std::string name = base::to_lower(parameter.substr(0, parameter.find('=')));
    if (name == "transport") {
      if (!uri.transport.empty()) return false;  // RFC 3261, 19.1.1: each parameter once
      uri.transport = base::to_lower(parameter.substr(std::min(parameter.size(), name.size() + 1)));
      if (!is_token(uri.transport)) return false;
    } else {
      uri.other_parameters.append(";").append(parameter);
    }
  }
  return true;
}

}  // namespace

std::string Uri::to_text() const {
  std::string text = secure ? "sips:" : "sip:";
  if (!user.empty()) text += user + "@";
  text += host_in_uri(host);
  if (port != 0) text += ":" + std::to_string(port);
  if (!transport.empty()) text += ";transport=" + transport;
  return text + other_parameters;
}

std::optional<Uri> uri_from_text(std::string_view text) {
  if (text.size() > longest_uri) return {};
  Uri uri;
  const auto colon = text.find(':');
  if (colon == text.npos) return {};
  const std::string scheme = base::to_lower(text.substr(0, colon));
  if (scheme != "sip" && scheme != "sips") return {};
  uri.secure = scheme == "sips";
  text.remove_prefix(colon + 1);

  // The first @ ends the user: in a user it would be escaped.
  if (const auto at = text.find('@'); at != text.npos) {
    uri.user = text.substr(0, at);
    text.remove_prefix(at + 1);
    if (uri.user.empty() || !consists_of(uri.user, in_user)) return {};
  }
  if (text.find('?') != text.npos) return {};
  const auto semicolon = text.find(';');
  if (!parse_host_and_port(text.substr(0, semicolon), uri)) return {};
  if (semicolon != text.npos && !parse_parameters(text.substr(semicolon), uri)) return {};
  return uri;
}

std::string host_of(std::string_view uri) {
  const auto parsed = uri_from_text(uri);
  return parsed ? parsed->host : "unknown";
}

std::string user_of(std::string_view uri) {
  const auto parsed = uri_from_text(uri);
  return parsed && !parsed->user.empty() ? unescape(parsed->user) : "unknown";
}

std::string unescape(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_hexadecimal(text[i + 1]) && is_hexadecimal(text[i + 2])) {
      result += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

bool is_ipv4(std::string_view host) {
  in_addr address{};
  return !holds_nul(host) && inet_pton(AF_INET, std::string(host).c_str(), &address) == 1;
}

bool is_ipv6(std::string_view host) {
  in6_addr address{};
  return !holds_nul(host) && inet_pton(AF_INET6, std::string(host).c_str(), &address) == 1;
}

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > 253 || host.front() == '.' || host.front() == '-') return false;
  if (host.find("..") != host.npos) return false;
  const auto fits = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; };
  // The last label of a name begins with a letter: 1.2.3 and 300.1.1.1 are no names (RFC 3261, 25.1).
  const auto dot = host.find_last_of('.', host.size() - 2);
  const char last_label = host[dot == host.npos ? 0 : dot + 1];
  return std::all_of(host.begin(), host.end(), fits) && std::isalpha(static_cast<unsigned char>(last_label)) != 0;
}

bool is_token(std::string_view text) {
  constexpr std::string_view extra = "-.!%*_+`'~";
  const auto fits = [&](char c) { return is_alphanumeric(c) || extra.find(c) != extra.npos; };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

std::string host_in_uri(const std::string& host) { return is_ipv6(host) ? "[" + host + "]" : host; }

std::string name_address(const std::string& display_name, const std::string& uri) {
  const std::string name = base::to_display(display_name);
  if (name.empty()) return "<" + uri + ">";
  std::string quoted;
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return "\"" + quoted + "\" <" + uri + ">";
}

}  // namespace sip
