// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/name_servers.h"

#include <algorithm>

#include "base/text.h"
#include "daemon/sip/uri.h"

namespace sip {
namespace {

constexpr std::size_t most_name_servers = 3;  // resolv.conf(5)
constexpr std::string_view blank = " \t\r";

// Takes the next line away from the text.
std::string_view next_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

// Takes the next word away from the line; empty at its end.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(blank)));
  const std::string_view word = line.substr(0, line.find_first_of(blank));
  line.remove_prefix(word.size());
  return word;
}

bool is_name_server(std::string_view address) {
  if (address.find('%') == address.npos) return is_address(address);
  const std::string_view scope = address.substr(address.find('%') + 1);
  return is_ipv6(address.substr(0, address.find('%'))) && is_token(scope);
}

std::string_view without_dot(std::string_view name) {
  return name.substr(0, name.size() - (name.ends_with('.') ? 1 : 0));
}

}  // namespace

std::optional<NameServer> name_server_from_text(std::string_view text) {
  NameServer server;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find("]:");
    if (end == text.npos) return {};
    server.address = text.substr(1, end - 1);
    port = text.substr(end + 2);
    if (is_ipv4(server.address)) return {};
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    server.address = text.substr(0, text.find(':'));
    port = text.substr(text.find(':') + 1);
  } else {
    server.address = text;
    port = "53";
  }
  server.port = base::to_number<std::uint16_t>(port).value_or(0);
  if (server.port == 0 || !is_name_server(server.address)) return {};
  return server;
}

std::vector<NameServer> name_servers_of(std::string_view resolv_conf) {
  std::vector<NameServer> servers;
  while (!resolv_conf.empty() && servers.size() < most_name_servers) {
    std::string_view line = next_line(resolv_conf);
    if (next_word(line) != "nameserver") continue;
    const std::string_view address = next_word(line);
    if (is_name_server(address)) servers.push_back({std::string(address)});
  }
  if (servers.empty()) servers.push_back({"127.0.0.1"});
  return servers;
}

std::vector<std::string> addresses_in(std::string_view hosts, std::string_view name) {
  name = without_dot(name);
  const std::string lower = base::to_lower(name);
  if (lower == "localhost" || lower.ends_with(".localhost")) return {"127.0.0.1", "::1"};
  std::vector<std::string> addresses;
  while (!hosts.empty()) {
    std::string_view line = next_line(hosts);
    line = line.substr(0, line.find('#'));
    const std::string_view address = next_word(line);
    for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
      if (!base::equals_ignoring_case(without_dot(word), name)) continue;
      if (is_address(address)) addresses.emplace_back(address);
      break;
    }
  }
  return addresses;
}

}  // namespace sip
