// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "config/choices.h"

// Settings that name hosts: a proxy, a relay, STUN servers, the name in a certificate.
namespace config {

// The parts of host[:port][;transport=…]. The host is a name in lower case or a numeric address, IPv6 without brackets.
struct ServerAddress {
  std::string host;                    // empty: none
  std::uint16_t port = 0;              // 0: not given
  std::optional<Transport> transport;  // nothing: not given
  bool operator==(const ServerAddress&) const = default;
};
std::string to_text(const ServerAddress& server);
std::optional<ServerAddress> server_from_text(const std::string& text);

// A name of RFC 1123 in lower case; nothing for anything else, numeric addresses too.
std::optional<std::string> host_name(const std::string& text);

struct HostNameRule {
  using Raw = std::string;
  static Value to(const Raw& raw) { return raw; }
  static std::optional<Raw> from(const Value& value);
  static std::string allowed() { return "a host name"; }
};
struct ServerRule {
  using Raw = ServerAddress;
  static Value to(const Raw& raw) { return to_text(raw); }
  static std::optional<Raw> from(const Value& value);
  static std::string allowed() { return "host[:port][;transport=udp|tcp|tls]"; }
};
struct RelayRule : ServerRule {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed() { return "host[:port][;transport=tcp|tls]"; }
};
// Their transport is always UDP.
struct StunServersRule {
  using Raw = std::vector<ServerAddress>;
  static Value to(const Raw& raw);
  static std::optional<Raw> from(const Value& value);
  static std::string allowed() { return "a list of 1 to 16 of host[:port]"; }
};
// Who asks for names cannot begin with one.
struct NameServersRule : StunServersRule {
  static std::optional<Raw> from(const Value& value);
  static std::string allowed() { return "a list of 1 to 16 of address[:port]"; }
};

}  // namespace config
