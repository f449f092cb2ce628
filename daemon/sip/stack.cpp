// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/stack.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <utility>

#include "base/error.h"
#include "base/handle.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/sip/digest_plugin.h"
#include "daemon/sip/local_address.h"
#include "daemon/sip/registrar_client.h"
#include "daemon/sip/sofia.h"
#include "daemon/sip/sofia_leg.h"
#include "daemon/sip/uri.h"

namespace sip {

std::string text_of(const url_t* url) {
  const base::Handle<su_home_t, su_home_unref> home(static_cast<su_home_t*>(su_home_new(sizeof(su_home_t))));
  return text_of(url_as_string(home.get(), url));
}

namespace {

// The limits against strangers (RSS, slow senders, half-open calls); see HACKING.md.
constexpr unsigned most_proceeding = 200;        // INVITEs without a final answer; more get 503
constexpr unsigned longest_message = 64 * 1024;  // bytes
constexpr unsigned stream_idle = 120'000;        // ms
constexpr unsigned half_message = 10'000;        // ms that a message may take to arrive
constexpr const char* methods = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE";
constexpr unsigned most_attempts = 5;
constexpr unsigned session_interval = 1800;  // s, RFC 4028
constexpr unsigned least_interval = 90;      // s, RFC 4028, 5

void on_nua_event(nua_event_t event, int status, const char* phrase, nua_t*, Stack* stack, nua_handle_t* handle,
                  HandleOwner* owner, const sip_t* sip, tagi_t*) noexcept {
  stack->on_event(event, status, phrase, handle, owner, sip);
}

void log_line(void*, const char* format, va_list arguments) noexcept {
  char line[512];
  vsnprintf(line, sizeof(line), format, arguments);
  base::log::debug(base::trim(line));
}

void initialize_library() {
  static const bool done = [] {
    su_init();
    su_log_redirect(nullptr, log_line, nullptr);
    register_digest_plugin();
    return true;
  }();
  static_cast<void>(done);
}

// `attempt` counts from 0: another process may take a port between our look and the library's.
std::uint16_t choose_port(PortKind kind, const StackSettings& settings, std::uint16_t wanted, unsigned attempt) {
  const char* name = kind == PortKind::udp ? "UDP" : "TCP";
  if (wanted != 0) {
    if (free_port(kind, settings.address, wanted)) return wanted;
    throw base::Error(base::Errc::no_transport, std::string(name) + " port " + std::to_string(wanted) + " is taken");
  }
  if (const auto usual = free_port(kind, settings.address, 5060); usual && attempt == 0) return *usual;
  if (const auto any = free_port(kind, settings.address, 0)) return *any;
  throw base::Error(base::Errc::no_transport,
                    std::string("no ") + name + " port can be bound on \"" + settings.address + "\"");
}

std::string listening_url(const Listening& listening) {
  const std::string host = listening.address.empty() ? "*" : host_in_uri(listening.address);
  return "sip:" + host + ":" + std::to_string(listening.port) + ";transport=" + listening.transport;
}

// RFC 3261, 20.1: without Accept, application/sdp is taken.
bool takes_sdp(const sip_accept_t* accept) {
  if (!accept) return true;
  for (; accept; accept = accept->ac_next)
    for (const char* type : {"application/sdp", "application/*", "*/*"})
      if (base::equals_ignoring_case(text_of(accept->ac_type), type)) return true;
  return false;
}

}  // namespace

Stack::Stack(base::Loop& loop, const StackSettings& settings, InviteListener& listener)
    : loop_(loop), listener_(listener), sweep_(loop), limit_(loop) {
  initialize_library();
  root_.reset(su_glib_root_create(nullptr));
  su_root_threading(root_.get(), 0);
  g_source_attach(su_glib_root_gsource(root_.get()), nullptr);
  for (unsigned attempt = 0; attempt < most_attempts && !nua_; ++attempt) listen(settings, attempt);
  if (!nua_)
    throw base::Error(base::Errc::no_transport, "the SIP stack cannot listen on " + listening_url(listening_.front()));
}

void Stack::listen(const StackSettings& settings, unsigned attempt) {
  listening_.clear();
  if (settings.udp)
    listening_.push_back({"udp", settings.address, choose_port(PortKind::udp, settings, settings.udp_port, attempt)});
  if (settings.tcp)
    listening_.push_back({"tcp", settings.address, choose_port(PortKind::tcp, settings, settings.tcp_port, attempt)});
  if (listening_.empty()) throw base::Error(base::Errc::no_transport, "sip.transports names no transport");
  // nua takes two listening URLs, each with one transport: two in one URL crash it.
  const std::string first = listening_url(listening_.front());
  const std::string second = listening_url(listening_.back());
  nua_ = nua_create(root_.get(), on_nua_event, this, NUTAG_URL(first.c_str()),
                    TAG_IF(listening_.size() > 1, NUTAG_SIPS_URL(second.c_str())), NUTAG_MEDIA_ENABLE(0),
                    NUTAG_AUTOACK(0), NUTAG_AUTOALERT(0), NUTAG_AUTOANSWER(0), NUTAG_AUTO302(0), NUTAG_AUTO305(0),
                    NUTAG_MAX_RETRY_AFTER(0), NUTAG_APPL_METHOD("UPDATE"), SIPTAG_ALLOW_STR(methods),
                    SIPTAG_USER_AGENT_STR(settings.user_agent.c_str()), NUTAG_SESSION_TIMER(session_interval),
                    NUTAG_MIN_SE(least_interval), NTATAG_MAX_PROCEEDING(most_proceeding),
                    NTATAG_MAXSIZE(longest_message), TPTAG_IDLE(stream_idle), TPTAG_TIMEOUT(half_message), TAG_END());
}

Stack::~Stack() {
  *life_ = nullptr;
  owners_.clear();
  if (quiet_)
    nua_destroy(nua_);
  else
    static_cast<void>(root_.release());  // the process ends: nua aborts when it is destroyed before it is shut down
}

std::unique_ptr<Leg> Stack::create_leg() {
  auto leg = std::make_unique<SofiaLeg>(*this, nullptr);
  SofiaLeg& reference = *leg;
  adopt(std::move(leg));
  return hold(reference);
}

std::string Stack::contact_uri(const std::string& user, const Route& route) const {
  return listens_on(route.transport) ? contact_uri(user, local_address(route.host), route.transport) : "";
}

std::unique_ptr<Registrar> Stack::create_registrar(std::shared_ptr<const Credentials> credentials,
                                                   RegistrarListener& listener) {
  return hold(*this, std::move(credentials), listener);
}

nua_handle_t* Stack::create_handle(HandleOwner& owner, const std::string& url, const std::string& to,
                                   const std::string& from) {
  return nua_handle(nua_, &owner, NUTAG_URL(url.c_str()), SIPTAG_TO_STR(to.c_str()), SIPTAG_FROM_STR(from.c_str()),
                    TAG_END());
}

HandleOwner& Stack::adopt(std::unique_ptr<HandleOwner> owner) {
  HandleOwner& reference = *owner;
  owners_.emplace(&reference, std::move(owner));
  return reference;
}

void Stack::remove(const HandleOwner& owner) {
  // Later: the owner may be in the middle of an event. A timer, for it ends with the stack.
  over_.push_back(&owner);
  sweep_.start(base::Duration(0), [this] {
    for (const HandleOwner* key : std::exchange(over_, {})) owners_.erase(key);
  });
}

std::string Stack::local_address(const std::string& peer) const {
  const std::string& fixed = listening_.front().address;
  return fixed.empty() ? local_address_towards(peer) : fixed;
}

bool Stack::listens_on(const std::string& transport) const {
  return std::any_of(listening_.begin(), listening_.end(),
                     [&](const Listening& listening) { return listening.transport == transport; });
}

std::string Stack::contact_uri(const std::string& user, const std::string& address,
                               const std::string& transport) const {
  for (const Listening& listening : listening_)
    if (listening.transport == transport) {
      Uri uri;
      uri.user = user;
      uri.host = address;
      uri.port = listening.port;
      if (transport != "udp") uri.transport = transport;
      return uri.to_text();
    }
  throw base::Error(base::Errc::no_transport, "we do not listen on " + transport + ": see sip.transports");
}

void Stack::on_event(nua_event_t event, int status, const char* phrase, nua_handle_t* handle, HandleOwner* owner,
                     const sip_t* sip) {
  if (event == nua_r_shutdown && status >= 200) {
    quiet_ = true;
    if (done_) loop_.post(std::exchange(done_, nullptr));
  } else if (owner) {
    owner->on_event(event, status, phrase, sip);
  } else if (event == nua_i_invite && sip) {
    on_new_invite(handle, sip);
  } else if (handle && event < nua_r_set_params && event != nua_i_network_changed) {
    // What nua makes a handle for and we want nothing of.
    nua_handle_destroy(handle);
  }
}

void Stack::on_new_invite(nua_handle_t* handle, const sip_t* sip) {
  auto owned = std::make_unique<SofiaLeg>(*this, handle);
  SofiaLeg& leg = *owned;
  adopt(std::move(owned));
  std::unique_ptr<Leg> held = hold(leg);
  const Invite invite = leg.describe(sip);
  const bool body = sip->sip_payload && sip->sip_payload->pl_len > 0;
  // RFC 3261, 19.1.1: a Request-URI holds no headers.
  if (sip->sip_request->rq_url->url_headers) return held->refuse(400, "headers in the Request-URI");
  if (body && !invite.description) return held->refuse(415, {});
  // RFC 3261, 21.4.7: whatever we answer, they could not read it.
  if (!takes_sdp(sip->sip_accept)) return held->refuse(406, {});
  if (shutting_down_) return held->refuse(503, {});
  listener_.on_invite(std::move(held), invite);
}

void Stack::shut_down(base::Duration limit, std::function<void()> done) {
  shutting_down_ = true;
  done_ = std::move(done);
  limit_.start(limit, [this] {
    if (done_) std::exchange(done_, nullptr)();
  });
  nua_shutdown(nua_);
}

}  // namespace sip
