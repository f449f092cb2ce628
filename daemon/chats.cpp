// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/chats.h"

#include <utility>

#include "base/random.h"
#include "daemon/sip/tls_files.h"

namespace {

msrp::ChatSettings chat_settings(const config::GeneralSettings& settings) {
  msrp::ChatSettings chat;
  // Another address in the description than that of SIP may be one that is not ours.
  const std::string& described = *settings.rtp.local_ip;
  if (*settings.local_ip != "auto" && (described == "auto" || described == *settings.local_ip))
    chat.local_address = *settings.local_ip;
  chat.local_port = *settings.msrp.local_port;
  chat.secure = *settings.msrp.transport == config::Transport::tls;
  chat.verify_servers = *settings.tls.verify_server;
  chat.accepted = {*settings.chat.accept_types, *settings.chat.accept_wrapped_types};
  chat.keep_alive = std::chrono::seconds(*settings.msrp.keepalive_interval);
  chat.max_message_size = static_cast<std::size_t>(*settings.chat.max_message_size);
  return chat;
}

struct NameLookup : msrp::Lookup {
  std::unique_ptr<sip::Lookup> lookup;
};

std::vector<msrp::Place> places_of(const sip::Found& found) {
  std::vector<msrp::Place> places;
  for (const sip::Route& route : found.routes) places.push_back({route.host, route.port});
  return places;
}

std::unique_ptr<msrp::Lookup> look_up_service(sip::DnsResolver& names, const std::string& service,
                                              const std::string& domain, const msrp::Found& found) {
  auto result = std::make_unique<NameLookup>();
  result->lookup = names.look_up_service(service, domain,
                                         [found](const sip::Found& routes) { found(places_of(routes), routes.fault); });
  return result;
}

// With a port the addresses of the name are all that is asked for (RFC 3263, 4.2).
std::unique_ptr<msrp::Lookup> look_up_host(sip::Resolver& names, const std::string& host, std::uint16_t port,
                                           const msrp::Found& found) {
  sip::Uri uri;
  uri.host = host;
  uri.port = port;
  auto result = std::make_unique<NameLookup>();
  result->lookup =
      names.look_up(uri, {"tcp"}, [found](const sip::Found& routes) { found(places_of(routes), routes.fault); });
  return result;
}

}  // namespace

msrp::Surroundings chat_surroundings(base::Scheduler& scheduler, const config::GeneralSettings& settings,
                                     sip::DnsResolver& names, base::Trace& trace, const std::string& data_directory) {
  return {
      .scheduler = scheduler,
      .settings = [&settings] { return chat_settings(settings); },
      .look_up_host = [&names](const std::string& host, std::uint16_t port,
                               const msrp::Found& found) { return look_up_host(names, host, port, found); },
      .look_up_service = [&names](const std::string& service, const std::string& domain,
                                  const msrp::Found& found) { return look_up_service(names, service, domain, found); },
      .clock = [] { return std::chrono::steady_clock::now(); },
      .random = base::Random{},
      .identity =
          [&settings, own = data_directory + "/certificate.pem"] {
            return sip::read_identity(
                {*settings.tls.ca_list_file, *settings.tls.certificate_file, *settings.tls.private_key_file, own});
          },
      .trace = &trace,
  };
}
