// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sip {

// A SIP URI (RFC 3261, 19.1) as a value. What it holds is checked: its text cannot break out of a header.
struct Uri {
  bool secure = false;           // sips
  std::string user;              // as escaped on the wire; may be empty
  std::string host;              // a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 0;        // 0: none given
  std::string transport;         // lower case; empty: none given
  std::string other_parameters;  // the rest, each with its semicolon

  // With the scheme, without a password or headers: both are refused (RFC 3261, 19.1.1: not recommended, never for a
  // call).
  std::string to_text() const;

  bool operator==(const Uri&) const = default;
};

// Nothing if the text is not a SIP or SIPS URI of at most 1,000 characters.
std::optional<Uri> uri_from_text(std::string_view text);

// Parts of a URI for people to read, the user unescaped: "unknown" where there is none.
std::string host_of(std::string_view uri);
std::string user_of(std::string_view uri);

// %41 becomes A; a broken escape stays as it is.
std::string unescape(std::string_view text);

bool is_ipv4(std::string_view host);
bool is_ipv6(std::string_view host);
inline bool is_address(std::string_view host) { return is_ipv4(host) || is_ipv6(host); }
bool is_host_name(std::string_view host);
// Letters, digits and -.!%*_+`'~ only (RFC 3261, 25.1), at least one.
bool is_token(std::string_view text);

// An IPv6 address gets its brackets.
std::string host_in_uri(const std::string& host);

// "Alice" <sip:...>: the name is made safe and quoted.
std::string name_address(const std::string& display_name, const std::string& uri);

}  // namespace sip
