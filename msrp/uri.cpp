// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/uri.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace msrp {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }
bool is_hexadecimal(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

constexpr std::string_view unreserved = "-._~";  // and letters and digits (RFC 3986, 2.3)
constexpr std::string_view in_user = "-._~!$&'()*+,;=:";
// RFC 4975, 9 has unreserved, "+", "=" and "/"; the rest of a path's segment is read for peers that are less careful.
constexpr std::string_view in_session_id = "-._~+=/!$&'()*,:@";
constexpr std::string_view in_parameter = "-._~+!$&'*^`|{}";

int value_of(char hexadecimal) { return is_digit(hexadecimal) ? hexadecimal - '0' : (hexadecimal | 0x20) - 'a' + 10; }

bool is_escape(std::string_view text, std::size_t at) {
  return text[at] == '%' && at + 2 < text.size() && is_hexadecimal(text[at + 1]) && is_hexadecimal(text[at + 2]);
}

// Each character of the set, a letter, a digit, or an escape of two hexadecimal digits.
bool consists_of(std::string_view text, std::string_view set) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_escape(text, i))
      i += 2;
    else if (!is_alphanumeric(text[i]) && set.find(text[i]) == set.npos)
      return false;
  }
  return true;
}

// An address in the form of inet_pton: family and bytes.
struct Address {
  int family = AF_UNSPEC;
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  bool operator==(const Address&) const = default;
};

Address address_of(std::string_view host) {
  Address address;
  if (host.empty() || host.size() > 45 || host.find('\0') != host.npos) return address;
  const int family = host.find(':') != host.npos ? AF_INET6 : AF_INET;
  if (family == AF_INET && !is_digit(host.back())) return address;
  if (inet_pton(family, std::string(host).c_str(), address.bytes.data()) == 1) address.family = family;
  return address;
}

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > 253 || host.front() == '.' || host.front() == '-') return false;
  return host.find("..") == host.npos && std::all_of(host.begin(), host.end(), [](char c) {
           return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
         });
}

// RFC 4975, 6.1: escapes of unreserved characters in the authority mean the characters.
std::string decode_unreserved(std::string_view text) {
  std::string result;
  if (text.find('%') == text.npos) return result = text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = is_escape(text, i) ? static_cast<char>(value_of(text[i + 1]) * 16 + value_of(text[i + 2])) : '\0';
    if (is_alphanumeric(c) || (c != '\0' && unreserved.find(c) != unreserved.npos)) {
      result += c;
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

bool parse_port(std::string_view text, Uri& uri) {
  if (text.empty()) return true;
  const auto number = text.front() == ':' ? base::to_number<std::uint16_t>(text.substr(1)) : std::nullopt;
  uri.port = number.value_or(0);
  return uri.port != 0;
}

bool parse_host_and_port(std::string_view text, Uri& uri) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return false;
    uri.host = text.substr(1, end - 1);
    return address_of(uri.host).family == AF_INET6 && parse_port(text.substr(end + 1), uri);
  }
  const auto colon = std::min(text.find(':'), text.size());
  uri.host = decode_unreserved(text.substr(0, colon));
  return is_host_name(uri.host) && parse_port(text.substr(colon), uri);
}

bool parse_authority(std::string_view text, Uri& uri) {
  if (const auto at = text.find('@'); at != text.npos) {
    uri.user = text.substr(0, at);
    if (uri.user.empty() || !consists_of(uri.user, in_user)) return false;
    text.remove_prefix(at + 1);
  }
  return parse_host_and_port(text, uri);
}

// ";tcp", then any others.
bool parse_parameters(std::string_view text, Uri& uri) {
  const auto end = std::min(text.find(';', 1), text.size());
  uri.transport = base::to_lower(text.substr(1, end - 1));
  if (uri.transport.empty() || !std::all_of(uri.transport.begin(), uri.transport.end(), is_alphanumeric)) return false;
  uri.other_parameters = text.substr(end);
  for (text = uri.other_parameters; !text.empty();) {
    text.remove_prefix(1);  // the semicolon
    const std::string_view parameter = text.substr(0, text.find(';'));
    text.remove_prefix(parameter.size());
    const auto equals = std::min(parameter.find('='), parameter.size());
    if (equals == 0 || !consists_of(parameter.substr(0, equals), in_parameter)) return false;
    if (equals == parameter.size()) continue;
    if (equals + 1 == parameter.size() || !consists_of(parameter.substr(equals + 1), in_parameter)) return false;
  }
  return true;
}

}  // namespace

Uri make_uri(const std::string& host, std::uint16_t port, const std::string& session_id, bool secure) {
  Uri uri;
  uri.secure = secure;
  uri.host = host;
  uri.port = port;
  uri.session_id = session_id;
  uri.transport = "tcp";
  return uri;
}

std::string Uri::to_text() const {
  std::string text = secure ? "msrps://" : "msrp://";
  if (!user.empty()) text.append(user).append("@");
  if (host.find(':') != host.npos)
    text.append("[").append(host).append("]");
  else
    text += host;
  if (port != 0) text.append(":").append(std::to_string(port));
  if (!session_id.empty()) text.append("/").append(session_id);
  return text.append(";").append(transport).append(other_parameters);
}

std::optional<Uri> uri_from_text(std::string_view text) {
  if (text.size() > longest_uri) return {};
  Uri uri;
  const auto colon = text.find("://");
  if (colon == text.npos) return {};
  const std::string_view scheme = text.substr(0, colon);
  uri.secure = base::equals_ignoring_case(scheme, "msrps");
  if (!uri.secure && !base::equals_ignoring_case(scheme, "msrp")) return {};
  text.remove_prefix(colon + 3);

  // A user may hold a semicolon, so the search for the transport begins behind it.
  const auto slash = text.find('/');
  const auto at = text.substr(0, slash).find('@');
  const auto semicolon = text.find(';', slash != text.npos ? slash : at != text.npos ? at : 0);
  if (semicolon == text.npos) return {};
  const auto authority_end = std::min(slash, semicolon);
  if (!parse_authority(text.substr(0, authority_end), uri)) return {};
  if (slash < semicolon) {
    uri.session_id = text.substr(slash + 1, semicolon - slash - 1);
    if (uri.session_id.empty() || !consists_of(uri.session_id, in_session_id)) return {};
  }
  if (!parse_parameters(text.substr(semicolon), uri)) return {};
  return uri;
}

std::optional<Path> path_from_text(std::string_view text) {
  Path path;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) {
      auto uri = uri_from_text(text.substr(0, end));
      if (!uri || path.size() == longest_path) return {};
      path.push_back(std::move(*uri));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (path.empty()) return {};
  return path;
}

std::string to_text(const Path& path) {
  std::string text;
  for (const Uri& uri : path) text.append(text.empty() ? "" : " ").append(uri.to_text());
  return text;
}

bool equivalent(const Uri& a, const Uri& b) {
  if (a == b) return true;
  // RFC 4975, 6.1: the user and further parameters do not count; a port or a session id that only one has, does.
  if (a.secure != b.secure || a.port != b.port || a.session_id != b.session_id || a.transport != b.transport)
    return false;
  if (base::equals_ignoring_case(a.host, b.host)) return true;
  const Address address = address_of(a.host);
  return address.family != AF_UNSPEC && address == address_of(b.host);
}

bool equivalent(const Path& a, const Path& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Uri& x, const Uri& y) { return equivalent(x, y); });
}

}  // namespace msrp
