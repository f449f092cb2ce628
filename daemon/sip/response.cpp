// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/response.h"

#include <netinet/in.h>

#include "base/text.h"

namespace sip {
namespace {

// A response that nta made itself, for a time-out or a connection that was refused, bears this flag (nta.c).
constexpr unsigned made_by_the_library = 1u << 15;

}  // namespace

bool came_from_the_peer(const sip_t* sip) { return sip && (sip->sip_flags & made_by_the_library) == 0; }

std::string reason_of(const char* phrase, const sip_t* sip) {
  std::string reason = text_of(phrase);
  if (sip && sip->sip_status) reason = text_of(sip->sip_status->st_phrase);
  if (sip && sip->sip_warning && sip->sip_warning->w_text) reason += " (" + text_of(sip->sip_warning->w_text) + ")";
  return base::to_display(reason);
}

bool is_restarted(int status, const sip_t* sip) {
  return status == 100 && sip && sip->sip_status && sip->sip_status->st_status >= 300;
}

base::Peer peer_of(msg_t* message) {
  su_sockaddr_t* const address = message ? msg_addr(message) : nullptr;
  char text[SU_ADDRSIZE] = "";
  if (!address || !su_inet_ntop(address->su_family, SU_ADDR(address), text, sizeof(text))) return {};
  const std::string mapped = "::ffff:";
  std::string result = text;
  if (result.starts_with(mapped)) result.erase(0, mapped.size());
  return {result, ntohs(address->su_port)};
}

Route hop_of(const url_t* url) {
  Route hop;
  hop.host = base::to_lower(text_of(url->url_host));
  if (hop.host.starts_with('[') && hop.host.ends_with(']')) hop.host = hop.host.substr(1, hop.host.size() - 2);
  char transport[16] = "";
  url_param(url->url_params, "transport", transport, sizeof(transport));
  hop.transport = base::to_lower(text_of(transport));
  const bool secure = url->url_type == url_sips || hop.transport == "tls";
  hop.port = base::to_number<std::uint16_t>(text_of(url->url_port)).value_or(secure ? 5061 : 5060);
  return hop;
}

}  // namespace sip
