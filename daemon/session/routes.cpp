// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/routes.h"

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "base/text.h"
#include "daemon/sip/routes.h"

namespace session {
namespace {

using base::Errc;
using base::Error;

constexpr std::size_t most_routes = 20;

std::string quoted(const std::string& text) { return "\"" + base::to_display(text, 256) + "\""; }

bool is_number(const std::string& text) {
  const auto fits = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) || c == '*' || c == '#'; };
  const auto first = text.begin() + (text.starts_with('+') ? 1 : 0);
  return first != text.end() && std::all_of(first, text.end(), fits);
}

// RFC 3966, 5.1.1: the visual separators.
std::string without_separators(const std::string& text) {
  std::string result;
  for (const char c : text)
    if (std::string_view("-.() ").find(c) == std::string_view::npos) result += c;
  return result;
}

}  // namespace

sip::Uri checked_callee(const std::string& text, const sip::LegFactory& legs) {
  const auto uri = sip::uri_from_text(text);
  if (!uri) throw Error(Errc::invalid_uri, quoted(text) + " is no SIP URI: sip:user@host is one");
  if (uri->secure && !legs.listens_on("tls"))
    throw Error(Errc::no_transport, quoted(text) + " needs TLS, and we do not listen on it");
  return *uri;
}

std::string completed_callee(const std::string& text, const std::string& domain) {
  if (sip::uri_from_text(text)) return text;
  std::string user = text;
  if (base::to_lower(text.substr(0, 4)) == "tel:") user = text.substr(4, text.find(';') - 4);
  if (user.find('@') != std::string::npos) {
    if (sip::uri_from_text("sip:" + user)) return "sip:" + user;
    throw Error(Errc::invalid_uri, quoted(text) + " is no SIP URI: sip:user@host is one");
  }
  if (const std::string number = without_separators(user); is_number(number)) user = number;
  if (domain.empty())
    throw Error(Errc::invalid_uri, quoted(text) + " needs a domain, and the default account has none: sip:user@host");
  const std::string uri = "sip:" + user + "@" + domain;
  if (!sip::uri_from_text(uri)) throw Error(Errc::invalid_uri, quoted(text) + " is no SIP URI: sip:user@host is one");
  return uri;
}

std::vector<std::string> usable_transports(const config::GeneralSettings& settings, const sip::LegFactory& legs) {
  std::vector<std::string> transports;
  for (const config::Transport transport : *settings.sip.transports)
    if (legs.listens_on(config::to_text(transport))) transports.push_back(config::to_text(transport));
  return transports;
}

namespace {

sip::Route checked_route(sip::Route route, const sip::LegFactory& legs, bool secure) {
  if (!sip::is_address(route.host) && !sip::is_host_name(route.host))
    throw Error(Errc::invalid_argument, quoted(route.host) + " is no host of a route: a name or an address is");
  if (route.transport.empty()) route.transport = secure ? "tls" : "udp";
  if (route.transport != "udp" && route.transport != "tcp" && route.transport != "tls")
    throw Error(Errc::invalid_argument, quoted(route.transport) + " is no transport: udp, tcp and tls are");
  if (secure && route.transport != "tls")
    throw Error(Errc::invalid_argument, "a sips URI takes no route over " + route.transport + ": tls is one");
  if (!legs.listens_on(route.transport))
    throw Error(Errc::no_transport, "we do not listen on " + route.transport + ": see sip.transports");
  if (route.port == 0) route.port = sip::usual_port(route.transport);
  return route;
}

}  // namespace

std::vector<sip::Route> checked_routes(const std::vector<sip::Route>& routes, const sip::LegFactory& legs,
                                       bool secure) {
  if (routes.size() > most_routes) throw Error(Errc::limit_reached, "more than 20 routes");
  std::vector<sip::Route> result;
  for (const sip::Route& route : routes) result.push_back(checked_route(route, legs, secure));
  return result;
}

std::vector<sip::Route> routes_of(const sip::Uri& uri, const std::vector<std::string>& transports) {
  const sip::RouteSearch search(uri, transports, {});
  if (!search.questions().empty()) return {};
  if (search.found().routes.empty())
    throw Error(Errc::no_transport, quoted(uri.to_text()) + ": " + search.found().fault + ", see sip.transports");
  return search.found().routes;
}

}  // namespace session
