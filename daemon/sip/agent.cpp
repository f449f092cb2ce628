// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/agent.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/sip/library_log.h"
#include "daemon/sip/stack.h"
#include "daemon/sip/uri.h"

namespace sip {
namespace {

// The limits against strangers (RSS, slow senders, half-open calls); see HACKING.md.
constexpr unsigned most_proceeding = 200;        // INVITEs without a final answer; more get 503
constexpr unsigned longest_message = 64 * 1024;  // bytes
constexpr unsigned stream_idle = 120'000;        // ms
constexpr unsigned half_message = 10'000;        // ms that a message may take to arrive
constexpr const char* methods = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE";
constexpr unsigned session_interval = 1800;  // s, RFC 4028
constexpr unsigned least_interval = 90;      // s, RFC 4028, 5
constexpr unsigned longest_chain = 8;        // certificates between a server's and its authority

// The library wants a directory for its files; the handshakes give it all that it would read there.
constexpr const char* no_directory = "/nonexistent";

void on_nua_event(nua_event_t event, int status, const char* phrase, nua_t*, Agent* agent, nua_handle_t* handle,
                  HandleOwner* owner, const sip_t* sip, tagi_t*) noexcept {
  agent->on_event(event, status, phrase, handle, owner, sip);
}

std::string listening_url(const Listening& listening) {
  const std::string host = listening.address.empty() ? "*" : host_in_uri(listening.address);
  const std::string scheme = listening.transport == "tls" ? "sips:" : "sip:";
  return scheme + host + ":" + std::to_string(listening.port) + ";transport=" + listening.transport;
}

std::string name_of(const Route& route) { return route.tls_name.empty() ? route.host : route.tls_name; }

}  // namespace

Agent::Agent(Stack& stack, su_root_t* root, std::vector<Listening> listening, const std::string& user_agent,
             std::optional<base::Handshakes::Settings> tls)
    : stack_(stack), listening_(std::move(listening)) {
  // nua takes two listening URLs, each with one transport: two in one URL crash it.
  const std::string first = listening_url(listening_.front());
  const std::string second = listening_url(listening_.back());
  const unsigned policy = tls && tls->verify ? TPTLS_VERIFY_SUBJECTS_OUT : TPTLS_VERIFY_NONE;
  const auto create = [&] {
    nua_ = nua_create(root, on_nua_event, this, NUTAG_URL(first.c_str()),
                      TAG_IF(listening_.size() > 1, NUTAG_SIPS_URL(second.c_str())), NUTAG_MEDIA_ENABLE(0),
                      NUTAG_AUTOACK(0), NUTAG_AUTOALERT(0), NUTAG_AUTOANSWER(0), NUTAG_AUTO302(0), NUTAG_AUTO305(0),
                      NUTAG_MAX_RETRY_AFTER(0), NUTAG_APPL_METHOD("UPDATE"), SIPTAG_ALLOW_STR(methods),
                      SIPTAG_USER_AGENT_STR(user_agent.c_str()), NUTAG_SESSION_TIMER(session_interval),
                      NUTAG_MIN_SE(least_interval), NTATAG_MAX_PROCEEDING(most_proceeding),
                      NTATAG_MAXSIZE(longest_message), TPTAG_LOG(library_log().traced()), TPTAG_IDLE(stream_idle),
                      TPTAG_TIMEOUT(half_message), TPTAG_CERTIFICATE(no_directory), TPTAG_TLS_VERIFY_POLICY(policy),
                      TPTAG_TLS_VERIFY_DATE(1), TPTAG_TLS_VERIFY_DEPTH(longest_chain), TAG_END());
  };
  if (tls) {
    handshakes_ = std::make_unique<base::Handshakes>(stack.loop(), std::move(*tls));
    handshakes_->on_fault([this](const base::Peer& peer, const std::string& fault) { on_fault(peer, fault); });
    handshakes_->adopt(create);
  } else {
    create();
  }
  if (!nua_) throw base::Error(base::Errc::no_transport, "the SIP stack cannot listen on " + first);
}

Agent::~Agent() {
  // nua aborts when it is destroyed before it is shut down.
  if (quiet_) nua_destroy(nua_);
}

bool Agent::takes(const Route& route) {
  const auto fits = [&](const Listening& one) { return one.transport == route.transport; };
  if (!std::any_of(listening_.begin(), listening_.end(), fits)) return false;
  return !is_tls() || handshakes_->expect({route.host, route.port}, name_of(route));
}

std::string Agent::contact_uri(const std::string& user, const std::string& address, const std::string& transport,
                               bool secure) const {
  for (const Listening& listening : listening_)
    if (listening.transport == transport) {
      Uri uri;
      uri.secure = secure;
      uri.user = user;
      uri.host = address;
      uri.port = listening.port;
      if (transport != "udp") uri.transport = transport;
      return uri.to_text();
    }
  throw base::Error(base::Errc::no_transport, "we do not listen on " + transport + ": see sip.transports");
}

nua_handle_t* Agent::create_handle(HandleOwner& owner, const Route& route, const std::string& url,
                                   const std::string& to, const std::string& from) {
  forget(owner);
  if (is_tls()) waiting_.emplace(base::Peer{route.host, route.port}, &owner);
  return nua_handle(nua_, &owner, NUTAG_URL(url.c_str()), SIPTAG_TO_STR(to.c_str()), SIPTAG_FROM_STR(from.c_str()),
                    TAG_END());
}

void Agent::forget(const HandleOwner& owner) {
  std::erase_if(waiting_, [&](const auto& one) { return one.second == &owner; });
}

void Agent::trace_did_change() { nua_set_params(nua_, TPTAG_LOG(library_log().traced()), TAG_END()); }

void Agent::set_identity(const base::Identity& identity) {
  if (handshakes_) handshakes_->set_identity(identity);
}

std::string Agent::hop_of(const Route& route) {
  // The library compares the certificate with the host of the URI, and goes to its maddr.
  const std::string name = name_of(route);
  std::string hop = "sip:" + host_in_uri(name) + ":" + std::to_string(route.port);
  if (name != route.host) hop += ";maddr=" + host_in_uri(route.host);
  return hop + ";transport=tls";
}

std::string Agent::hop_in_dialog(const base::Peer& source, const base::Peer& next) const {
  if (handshakes_->connected(source)) return hop_of({source.address, source.port, "tls", handshakes_->name_of(source)});
  return hop_of({next.address, next.port, "tls", handshakes_->name_of(next)});
}

std::string Agent::fault_of(const base::Peer& peer) const { return handshakes_ ? handshakes_->fault_of(peer) : ""; }

void Agent::on_fault(const base::Peer& peer, const std::string& fault) {
  base::log::warning("a TLS handshake failed",
                     {{"PEER", peer.address + ":" + std::to_string(peer.port)}, {"REASON", base::to_display(fault)}});
  std::vector<HandleOwner*> owners;
  const auto [first, last] = waiting_.equal_range(peer);
  for (auto at = first; at != last; ++at) owners.push_back(at->second);
  // An owner may make another handle, but it is not destroyed from within.
  for (HandleOwner* owner : owners) owner->on_tls_fault(base::to_display(fault));
}

base::Stream Agent::stream_to(const Route& route) const {
  const base::Peer peer{route.host, route.port};
  return handshakes_ ? handshakes_->stream_to(peer) : base::Stream::find(peer);
}

bool Agent::write(const Route& route, const base::Stream& stream, std::string_view bytes) {
  return handshakes_ ? handshakes_->write({route.host, route.port}, bytes) : stream.write(bytes);
}

void Agent::shut_down() { nua_shutdown(nua_); }

void Agent::on_event(nua_event_t event, int status, const char* phrase, nua_handle_t* handle, HandleOwner* owner,
                     const sip_t* sip) {
  if (event == nua_r_shutdown && status >= 200) quiet_ = true;
  stack_.on_event(*this, event, status, phrase, handle, owner, sip);
}

}  // namespace sip
