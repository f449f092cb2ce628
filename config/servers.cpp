// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/servers.h"

#include "base/text.h"
#include "config/rules.h"

namespace config {
namespace {

constexpr std::size_t most_servers = 16;
constexpr std::string_view transport_parameter = ";transport=";

bool is_label(std::string_view label) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), fits);
}

std::optional<std::string> numeric(const std::string& text) {
  return text == "auto" ? std::nullopt : IpAddressRule::from(text);
}

// A numeric address, IPv6 within brackets, or a name.
std::optional<std::string> host_from_text(const std::string& text) {
  if (!text.starts_with('[')) {
    const auto address = text.find(':') == text.npos ? numeric(text) : std::nullopt;
    return address ? address : host_name(text);
  }
  if (text.size() < 3 || text.back() != ']' || text.find(':') == text.npos) return {};
  return numeric(text.substr(1, text.size() - 2));
}

}  // namespace

std::optional<std::string> host_name(const std::string& text) {
  const std::string name = base::to_lower(text);
  if (name.size() > 253) return {};
  std::size_t at = 0;
  std::string_view last;
  for (std::size_t dot = 0; dot != name.npos; at = dot + 1) {
    dot = name.find('.', at);
    last = std::string_view(name).substr(at, dot == name.npos ? dot : dot - at);
    if (!is_label(last)) return {};
  }
  // RFC 3696, 2: no top-level name consists of digits; this is an address that is wrong.
  if (last.find_first_not_of("0123456789") == last.npos) return {};
  return name;
}

std::string to_text(const ServerAddress& server) {
  const bool ipv6 = server.host.find(':') != server.host.npos;
  std::string text = ipv6 ? "[" + server.host + "]" : server.host;
  if (server.port != 0) text += ":" + std::to_string(server.port);
  if (server.transport) text += std::string(transport_parameter) + to_text(*server.transport);
  return text;
}

std::optional<ServerAddress> server_from_text(const std::string& text) {
  ServerAddress server;
  std::string rest = text;
  if (const auto at = rest.find(';'); at != rest.npos) {
    if (!base::to_lower(rest.substr(at)).starts_with(transport_parameter)) return {};
    const auto place = place_of(rest.substr(at + transport_parameter.size()), words_of(Transport()));
    if (!place) return {};
    server.transport = static_cast<Transport>(*place);
    rest.erase(at);
  }
  // The colons of an IPv6 address are within its brackets.
  if (const auto at = rest.rfind(':'); at != rest.npos && rest.find(']', at) == rest.npos) {
    const auto port = base::to_number<std::uint16_t>(rest.substr(at + 1));
    if (!port || *port == 0) return {};
    server.port = *port;
    rest.erase(at);
  }
  const auto host = host_from_text(rest);
  if (!host) return {};
  server.host = *host;
  return server;
}

std::optional<std::string> HostNameRule::from(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? host_name(*text) : std::nullopt;
}

std::optional<ServerAddress> ServerRule::from(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? server_from_text(*text) : std::nullopt;
}

std::optional<ServerAddress> RelayRule::from(const Value& value) {
  const auto server = ServerRule::from(value);
  return server && server->transport != Transport::udp ? server : std::nullopt;
}

Value StunServersRule::to(const Raw& raw) {
  std::vector<std::string> texts;
  for (const ServerAddress& server : raw) texts.push_back(to_text(server));
  return texts;
}

std::optional<std::vector<ServerAddress>> StunServersRule::from(const Value& value) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value);
  if (!texts || texts->empty() || texts->size() > most_servers) return {};
  Raw servers;
  for (const std::string& text : *texts) {
    const auto server = server_from_text(text);
    if (!server || server->transport) return {};
    servers.push_back(*server);
  }
  return servers;
}

std::optional<std::vector<ServerAddress>> NameServersRule::from(const Value& value) {
  const auto servers = StunServersRule::from(value);
  const auto is_numeric = [](const ServerAddress& server) { return numeric(server.host).has_value(); };
  return servers && std::all_of(servers->begin(), servers->end(), is_numeric) ? servers : std::nullopt;
}

}  // namespace config
