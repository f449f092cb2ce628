// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/path.h"

#include "base/text.h"
#include "daemon/sip/response.h"
#include "daemon/sip/uri.h"

namespace sip {

Route named(Route route, const std::string& domain) {
  if (route.transport == "tls" && route.tls_name.empty()) route.tls_name = is_address(route.host) ? domain : route.host;
  return route;
}

void Path::learn(const url_t* next) {
  next_ = {};
  if (!next) return;
  char transport[8] = "";
  url_param(next->url_params, "transport", transport, sizeof(transport));
  if (next->url_type != url_sips && !base::equals_ignoring_case(transport, "tls")) return;
  const std::string host = hop_of(next).host;
  if (!is_address(host) && !is_host_name(host)) return;
  next_ = {host, base::to_number<std::uint16_t>(text_of(next->url_port)).value_or(usual_port("tls"))};
}

std::string Path::hop() const {
  const bool ours = next_ == base::Peer{route_.host, route_.port} ||
                    base::equals_ignoring_case(next_.address, route_.tls_name) || next_.port == 0;
  if (!route_.host.empty() && ours) return Agent::hop_of(route_);
  return agent_->hop_in_dialog(source_, next_.port == 0 ? source_ : next_);
}

void Path::aim(nua_handle_t* handle) {
  if (!is_tls()) return;
  const std::string wanted = hop();
  if (std::exchange(aimed_, wanted) != wanted) nua_set_hparams(handle, NUTAG_PROXY(wanted.c_str()), TAG_END());
}

std::string Path::fault() const {
  return route_.host.empty() || !agent_ ? "" : agent_->fault_of({route_.host, route_.port});
}

}  // namespace sip
