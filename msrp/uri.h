// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msrp {

inline constexpr std::size_t longest_uri = 1000;
inline constexpr std::size_t longest_path = 16;  // URIs: two relays at each end are already many

// An MSRP URI (RFC 4975, 6 and 9) as a value. What was read is checked: its text cannot break out of a header.
struct Uri {
  bool secure = false;           // msrps
  std::string user;              // RFC 4976, 5.1: an AUTH may name one; it tells no URIs apart
  std::string host;              // a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 0;        // 0: none given
  std::string session_id;        // empty: none given
  std::string transport;         // lower case: "tcp"
  std::string other_parameters;  // the rest, each with its semicolon

  std::string to_text() const;

  bool operator==(const Uri&) const = default;
};

// From the nearest hop to the farthest, as in To-Path, From-Path, Use-Path and a=path.
using Path = std::vector<Uri>;

// RFC 4976, 5.1 gives the port of relays; a URI without a port means it too.
inline constexpr std::uint16_t usual_port = 2855;

// Over TCP, as every one of ours; no session id where it is that of a server.
Uri make_uri(const std::string& host, std::uint16_t port, const std::string& session_id, bool secure);

// Nothing if the text is not an MSRP or MSRPS URI.
std::optional<Uri> uri_from_text(std::string_view text);

// Nothing if the text is not a list of 1 to 16 URIs with spaces between them.
std::optional<Path> path_from_text(std::string_view text);
std::string to_text(const Path& path);

// Whether both name the same session (RFC 4975, 6.1), which is wider than being the same text.
bool equivalent(const Uri& a, const Uri& b);
bool equivalent(const Path& a, const Path& b);

}  // namespace msrp
