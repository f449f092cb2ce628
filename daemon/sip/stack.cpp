// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/stack.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/sip/digest_plugin.h"
#include "daemon/sip/guests.h"
#include "daemon/sip/library_log.h"
#include "daemon/sip/local_address.h"
#include "daemon/sip/prober.h"
#include "daemon/sip/registrar_client.h"
#include "daemon/sip/sofia.h"
#include "daemon/sip/sofia_leg.h"
#include "daemon/sip/stream_flow.h"
#include "daemon/sip/uri.h"

namespace sip {

std::string text_of(const url_t* url) {
  const base::Handle<su_home_t, su_home_unref> home(static_cast<su_home_t*>(su_home_new(sizeof(su_home_t))));
  return text_of(url_as_string(home.get(), url));
}

namespace {

constexpr unsigned most_attempts = 5;
// Of TLS, for server names that share their address with another.
constexpr std::size_t most_agents = 50;
constexpr auto guests_interval = std::chrono::milliseconds(100);

void log_piece(void*, const char* format, va_list arguments) noexcept {
  std::array<char, LibraryLog::longest_line> piece;
  vsnprintf(piece.data(), piece.size(), format, arguments);
  library_log().take(piece.data());
}

void initialize_library() {
  static const bool done = [] {
    su_init();
    su_log_redirect(nullptr, log_piece, nullptr);
    register_digest_plugin();
    return true;
  }();
  static_cast<void>(done);
}

// `attempt` counts from 0: another process may take a port between our look and the library's.
std::uint16_t choose_port(const std::string& transport, const std::string& address, std::uint16_t wanted,
                          unsigned attempt) {
  const PortKind kind = transport == "udp" ? PortKind::udp : PortKind::tcp;
  const std::uint16_t usual = usual_port(transport);
  std::string name = transport;
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  if (wanted != 0) {
    if (free_port(kind, address, wanted)) return wanted;
    throw base::Error(base::Errc::no_transport, name + " port " + std::to_string(wanted) + " is taken");
  }
  if (attempt == 0 && free_port(kind, address, usual)) return usual;
  if (const auto any = free_port(kind, address, 0)) return *any;
  throw base::Error(base::Errc::no_transport, "no " + name + " port can be bound on \"" + address + "\"");
}

// Calls with 0, 1, ... until it does not throw, or throws what the last one threw.
void attempt_often(const std::function<void(unsigned)>& call) {
  for (unsigned attempt = 0;; ++attempt) try {
      return call(attempt);
    } catch (const base::Error&) {
      if (attempt + 1 >= most_attempts) throw;
    }
}

// RFC 3261, 20.1: without Accept, application/sdp is taken.
bool takes_sdp(const sip_accept_t* accept) {
  if (!accept) return true;
  for (; accept; accept = accept->ac_next)
    for (const char* type : {"application/sdp", "application/*", "*/*"})
      if (base::equals_ignoring_case(text_of(accept->ac_type), type)) return true;
  return false;
}

std::set<std::uint16_t> ports_of(const std::vector<std::unique_ptr<Agent>>& agents) {
  std::set<std::uint16_t> ports;
  for (const auto& agent : agents)
    for (const Listening& one : agent->listening()) ports.insert(one.port);
  return ports;
}

}  // namespace

Stack::Stack(base::Loop& loop, StackSettings settings, InviteListener& listener)
    : loop_(loop), settings_(std::move(settings)), listener_(listener), sweep_(loop), limit_(loop), guests_(loop) {
  initialize_library();
  root_.reset(su_glib_root_create(nullptr));
  su_root_threading(root_.get(), 0);
  source_.emplace(root_.get(), [this] {
    if (guests_.running()) return;
    guests_.start(guests_interval, [this] { limit_guests(source_->sockets(), ports_of(agents_), most_guests()); });
  });
  if (!settings_.udp && !settings_.tcp && !settings_.tls)
    throw base::Error(base::Errc::no_transport, "sip.transports names no transport");
  // Looked at first: an agent that is there already could not be taken back at once.
  if (settings_.tls) choose_port("tls", settings_.address, settings_.tls_port, 0);
  if (settings_.udp || settings_.tcp) attempt_often([this](unsigned attempt) { listen(attempt); });
  try {
    if (settings_.tls) attempt_often([this](unsigned attempt) { listen_on_tls(attempt); });
  } catch (const base::Error&) {
    release();
    throw;
  }
  for (const auto& agent : agents_)
    listening_.insert(listening_.end(), agent->listening().begin(), agent->listening().end());
}

void Stack::listen(unsigned attempt) {
  std::vector<Listening> wanted;
  const std::string& address = settings_.address;
  if (settings_.udp) wanted.push_back({"udp", address, choose_port("udp", address, settings_.udp_port, attempt)});
  if (settings_.tcp) wanted.push_back({"tcp", address, choose_port("tcp", address, settings_.tcp_port, attempt)});
  agents_.push_back(std::make_unique<Agent>(*this, root_.get(), std::move(wanted), settings_.user_agent, std::nullopt));
}

void Stack::listen_on_tls(unsigned attempt) {
  const std::uint16_t port = choose_port("tls", settings_.address, settings_.tls_port, attempt);
  agents_.push_back(std::make_unique<Agent>(*this, root_.get(), std::vector{Listening{"tls", settings_.address, port}},
                                            settings_.user_agent, settings_.tls));
}

Stack::~Stack() {
  *life_ = nullptr;
  owners_.clear();
  if (!quiet()) release();
}

// nua aborts when it is destroyed before it is shut down: what is left stays until the process ends, but is not run any
// more, for whom it would tell is gone.
void Stack::release() {
  guests_.stop();
  source_.reset();
  for (auto& agent : agents_) static_cast<void>(agent.release());
  agents_.clear();
  static_cast<void>(root_.release());
}

bool Stack::quiet() const {
  return std::all_of(agents_.begin(), agents_.end(), [](const auto& agent) { return agent->quiet(); });
}

Agent* Stack::agent_for(const Route& route) {
  for (const auto& agent : agents_)
    if (agent->takes(route)) return agent.get();
  if (!settings_.tls || route.transport != "tls" || agents_.size() >= most_agents) return nullptr;
  try {
    settings_.tls_port = 0;
    attempt_often([this](unsigned attempt) { listen_on_tls(attempt + 1); });
  } catch (const base::Error& error) {
    base::log::error("a server name cannot have its own connections", {{"REASON", error.what()}});
    return nullptr;
  }
  return agents_.back()->takes(route) ? agents_.back().get() : nullptr;
}

void Stack::set_identity(const base::Identity& identity) {
  if (settings_.tls) settings_.tls->identity = identity;
  for (const auto& agent : agents_) agent->set_identity(identity);
}

void Stack::trace_did_change() {
  for (const auto& agent : agents_) agent->trace_did_change();
}

msg_t* Stack::message() const { return telling_ ? nua_current_request(telling_->nua()) : nullptr; }

std::unique_ptr<Leg> Stack::create_leg() {
  auto leg = std::make_unique<SofiaLeg>(*this, nullptr, nullptr);
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

std::unique_ptr<Flow> Stack::keep_flow(const KeepAlive& wanted, FlowListener& listener) {
  if (wanted.route.transport == "udp") return probe(*this, wanted, listener);
  return std::make_unique<StreamFlow>(*this, wanted, listener);
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
    for (const HandleOwner* key : std::exchange(over_, {})) {
      for (const auto& agent : agents_) agent->forget(*key);
      owners_.erase(key);
    }
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
  for (const auto& agent : agents_)
    for (const Listening& listening : agent->listening())
      if (listening.transport == transport) return agent->contact_uri(user, address, transport, false);
  throw base::Error(base::Errc::no_transport, "we do not listen on " + transport + ": see sip.transports");
}

void Stack::on_event(Agent& agent, nua_event_t event, int status, const char* phrase, nua_handle_t* handle,
                     HandleOwner* owner, const sip_t* sip) {
  telling_ = &agent;
  if (event == nua_r_shutdown) {
    if (quiet() && done_) loop_.post(std::exchange(done_, nullptr));
  } else if (owner) {
    owner->on_event(event, status, phrase, sip);
  } else if (event == nua_i_invite && sip) {
    on_new_invite(agent, handle, sip);
  } else if (handle && event < nua_r_set_params && event != nua_i_network_changed) {
    // What nua makes a handle for and we want nothing of.
    nua_handle_destroy(handle);
  }
  telling_ = nullptr;
}

void Stack::on_new_invite(Agent& agent, nua_handle_t* handle, const sip_t* sip) {
  auto owned = std::make_unique<SofiaLeg>(*this, &agent, handle);
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
  for (const auto& agent : agents_) agent->shut_down();
}

}  // namespace sip
