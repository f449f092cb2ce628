// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/sofia_leg.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/handle.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/sip/local_address.h"
#include "daemon/sip/response.h"
#include "daemon/sip/stack.h"
#include "daemon/sip/uri.h"

namespace sip {
namespace {

constexpr const char* sdp_type = "application/sdp";
constexpr auto longest_transaction = std::chrono::seconds(40);

std::string user_agent_of(const sip_t* sip) {
  if (!sip) return {};
  if (sip->sip_server) return base::to_display(text_of(sip->sip_server->g_string));
  return sip->sip_user_agent ? base::to_display(text_of(sip->sip_user_agent->g_string)) : "";
}

bool has_body(const sip_t* sip) { return sip->sip_payload && sip->sip_payload->pl_len > 0; }

bool has_foreign_body(const sip_t* sip) {
  if (!has_body(sip)) return false;
  if (!sip->sip_content_type || sip->sip_content_encoding) return true;
  return !base::equals_ignoring_case(text_of(sip->sip_content_type->c_type), sdp_type);
}

std::optional<std::string> description_of(const sip_t* sip) {
  if (!sip || !has_body(sip) || has_foreign_body(sip)) return {};
  return std::string(sip->sip_payload->pl_data, sip->sip_payload->pl_len);
}

const sip_record_route_t* last_of(const sip_record_route_t* route) {
  while (route && route->r_next) route = route->r_next;
  return route;
}

// What holds the text and the colon of a header field that may be absent (TAG_IF must not build it).
std::string warning_header(const std::string& host, const std::string& warning) {
  if (warning.empty()) return {};
  std::string safe = base::to_display(warning);
  std::replace(safe.begin(), safe.end(), '"', '\'');
  std::replace(safe.begin(), safe.end(), '\\', '/');
  return "399 " + host_in_uri(host) + " \"" + safe + "\"";
}

// Each verb does nothing once the stack, and with it the dialog, is gone.
class HeldLeg : public Leg {
 public:
  explicit HeldLeg(SofiaLeg& leg) : leg_(leg.life()) {}
  ~HeldLeg() override {
    if (SofiaLeg* leg = *leg_) leg->abandon();
  }

  void invite(const Invitation& invitation) override {
    if (SofiaLeg* leg = *leg_) leg->invite(invitation);
  }
  void acknowledge() override {
    if (SofiaLeg* leg = *leg_) leg->acknowledge();
  }
  void ring(const std::string& contact_user, std::shared_ptr<const Credentials> credentials) override {
    if (SofiaLeg* leg = *leg_) leg->ring(contact_user, std::move(credentials));
  }
  void accept(const std::string& description) override {
    if (SofiaLeg* leg = *leg_) leg->accept(description);
  }
  void refuse(unsigned code, const std::string& warning) override {
    if (SofiaLeg* leg = *leg_) leg->refuse(code, warning);
  }
  void reinvite(const std::string& offer) override {
    if (SofiaLeg* leg = *leg_) leg->reinvite(offer);
  }
  void answer(const std::string& description) override {
    if (SofiaLeg* leg = *leg_) leg->answer(description);
  }
  void refuse_offer(unsigned code, const std::string& warning) override {
    if (SofiaLeg* leg = *leg_) leg->refuse_offer(code, warning);
  }
  void cancel_offer() override {
    if (SofiaLeg* leg = *leg_) leg->cancel_offer();
  }
  void cancel() override {
    if (SofiaLeg* leg = *leg_) leg->cancel();
  }
  void bye() override {
    if (SofiaLeg* leg = *leg_) leg->bye();
  }
  void set_listener(LegListener& listener) override {
    if (SofiaLeg* leg = *leg_) leg->set_listener(&listener);
  }
  std::string call_id() const override { return *leg_ ? (*leg_)->call_id() : ""; }
  bool creator_of_call_id() const override { return *leg_ && (*leg_)->creator_of_call_id(); }

 private:
  const std::shared_ptr<SofiaLeg*> leg_;
};

}  // namespace

std::unique_ptr<Leg> hold(SofiaLeg& leg) { return std::make_unique<HeldLeg>(leg); }

SofiaLeg::SofiaLeg(Stack& stack, Agent* agent, nua_handle_t* incoming)
    : stack_(stack), handle_(incoming), refresh_(stack.loop()) {
  if (!incoming) return;
  path_ = Path(*agent, peer_of(stack_.message()));
  phase_ = Phase::ringing;
  nua_handle_bind(handle_, this);
}

SofiaLeg::~SofiaLeg() {
  *life_ = nullptr;
  forget_request();
  signer_.reset();
  if (!handle_) return;
  nua_handle_bind(handle_, nullptr);
  nua_handle_destroy(handle_);
}

void SofiaLeg::invite(const Invitation& invitation) {
  caller_ = true;
  cancel_wanted_ = false;
  Uri target = uri_from_text(invitation.target).value_or(Uri{});
  secure_ = target.secure;
  const Route route = named(invitation.route, target.host);
  // RFC 3261, 26.2.2: a sips URI never leaves TLS.
  Agent* agent = secure_ && route.transport != "tls" ? nullptr : stack_.agent_for(route);
  if (!agent) {
    refresh_.start(base::Duration(0), [this, route] {
      tell(Refused{503, "no request can be made over " + route.transport + " to " + route.host, true, {}});
    });
    return;
  }
  path_ = Path(*agent, route);
  const std::string proxy = path_.first_hop();
  const bool direct = target.host == route.host &&
                      (target.port == route.port || (target.port == 0 && route.port == usual_port(route.transport)));
  if (route.transport == "tcp") target.transport = route.transport;
  const std::string request_uri = target.to_text();
  target.transport.clear();
  const std::string to = "<" + target.to_text() + ">";
  const std::string from = name_address(invitation.display_name, invitation.local_uri);
  std::string first = "<sip:" + host_in_uri(route.host) + ":" + std::to_string(route.port);
  if (route.transport != "udp") first += ";transport=" + route.transport;
  first += ";lr>";
  local_address_ = invitation.local_address;
  transport_ = route.transport;
  contact_ = "<" + agent->contact_uri(invitation.contact_user, local_address_, transport_, secure_) + ">";
  description_ = invitation.offer;
  phase_ = Phase::inviting;
  handle_ = agent->create_handle(*this, route, request_uri, to, from);
  signer_ = std::make_unique<Signer>(handle_, invitation.credentials, Realms::own);
  // As it was found, and not by the name that the callee has: a client may name any route for it.
  signer_->set_next_hop(invitation.route);
  nua_invite(handle_, TAG_IF(!direct && proxy.empty(), NUTAG_INITIAL_ROUTE_STR(first.c_str())),
             TAG_IF(!proxy.empty(), NUTAG_PROXY(proxy.c_str())), SIPTAG_CONTACT_STR(contact_.c_str()),
             SIPTAG_CONTENT_TYPE_STR(sdp_type), SIPTAG_PAYLOAD_STR(description_.c_str()), TAG_END());
}

void SofiaLeg::acknowledge() {
  if (phase_ != Phase::answered) return;
  phase_ = Phase::confirmed;
  path_.aim(handle_);
  nua_ack(handle_, TAG_END());
}

Invite SofiaLeg::describe(const sip_t* sip) {
  Invite invite;
  const url_t* request = sip->sip_request->rq_url;
  invite.request_user = unescape(text_of(request->url_user));
  invite.request_host = text_of(request->url_host);
  invite.local_uri = base::to_display(text_of(sip->sip_to->a_url));
  invite.remote_uri = base::to_display(text_of(sip->sip_from->a_url));
  invite.remote_display_name = base::to_display(base::unquoted(text_of(sip->sip_from->a_display)));
  invite.user_agent = user_agent_of(sip);
  invite.description = description_of(sip);
  const sip_via_t* via = sip->sip_via;
  std::string source = text_of(via->v_received ? via->v_received : via->v_host);
  if (source.starts_with('[') && source.ends_with(']')) source = source.substr(1, source.size() - 2);
  invite.source_address = source;
  const std::string protocol = base::to_lower(text_of(via->v_protocol));
  transport_ = path_.is_tls() ? "tls" : protocol.ends_with("tcp") ? "tcp" : "udp";
  secure_ = path_.is_tls() && request->url_type == url_sips;  // RFC 3261, 12.1.1
  local_address_ = stack_.local_address(source);
  invite.local_address = local_address_;
  if (sip->sip_call_id) call_id_ = base::to_display(text_of(sip->sip_call_id->i_id));
  learn_timer(sip, false);
  learn_next_hop(sip->sip_record_route, sip->sip_contact);
  return invite;
}

// RFC 3261, 12.1: where our requests in the dialog go, by its route set, or without one by the peer's contact.
void SofiaLeg::learn_next_hop(const sip_record_route_t* first, const sip_contact_t* contact) {
  if (!first && !contact) return;
  const url_t* next = first ? first->r_url : contact->m_url;
  next_hop_ = hop_of(next);
  path_.learn(next);
  if (signer_) signer_->set_next_hop(next_hop_);
}

void SofiaLeg::ring(const std::string& contact_user, std::shared_ptr<const Credentials> credentials) {
  signer_ = std::make_unique<Signer>(handle_, std::move(credentials), Realms::own);
  signer_->set_next_hop(next_hop_);
  contact_ = "<" + path_.agent()->contact_uri(contact_user, local_address_, transport_, secure_) + ">";
  nua_respond(handle_, SIP_180_RINGING, SIPTAG_CONTACT_STR(contact_.c_str()), TAG_END());
}

void SofiaLeg::accept(const std::string& description) {
  if (phase_ != Phase::ringing) return;
  phase_ = Phase::accepted;
  description_ = description;
  nua_respond(handle_, SIP_200_OK, SIPTAG_CONTACT_STR(contact_.c_str()), SIPTAG_CONTENT_TYPE_STR(sdp_type),
              SIPTAG_PAYLOAD_STR(description_.c_str()), TAG_END());
}

void SofiaLeg::refuse(unsigned code, const std::string& warning) {
  if (phase_ != Phase::ringing) return;
  phase_ = Phase::closing;
  const std::string header = warning_header(local_address_, warning);
  nua_respond(handle_, static_cast<int>(code), sip_status_phrase(static_cast<int>(code)),
              TAG_IF(!header.empty(), SIPTAG_WARNING_STR(header.c_str())),
              TAG_IF(code == 415, SIPTAG_ACCEPT_STR(sdp_type)), TAG_END());
}

void SofiaLeg::reinvite(const std::string& offer) {
  if (phase_ != Phase::confirmed) return;
  description_ = offer;
  ++reinvites_;
  path_.aim(handle_);
  nua_invite(handle_, SIPTAG_CONTACT_STR(contact_.c_str()), SIPTAG_CONTENT_TYPE_STR(sdp_type),
             SIPTAG_PAYLOAD_STR(description_.c_str()), TAG_END());
}

void SofiaLeg::answer(const std::string& description) {
  if (!request_saved_) return;
  description_ = description;
  nua_respond(handle_, SIP_200_OK, NUTAG_WITH_SAVED(request_), SIPTAG_CONTACT_STR(contact_.c_str()),
              SIPTAG_CONTENT_TYPE_STR(sdp_type), SIPTAG_PAYLOAD_STR(description_.c_str()), TAG_END());
  forget_request();
}

void SofiaLeg::refuse_offer(unsigned code, const std::string& warning) {
  if (!request_saved_) return;
  offered_in_answer_ = false;
  const std::string header = warning_header(local_address_, warning);
  nua_respond(handle_, static_cast<int>(code), sip_status_phrase(static_cast<int>(code)), NUTAG_WITH_SAVED(request_),
              TAG_IF(!header.empty(), SIPTAG_WARNING_STR(header.c_str())), TAG_END());
  forget_request();
}

void SofiaLeg::cancel_offer() {
  if (phase_ == Phase::confirmed && reinvites_ > 0 && !refreshing_) nua_cancel(handle_, TAG_END());
}

void SofiaLeg::forget_request() {
  if (std::exchange(request_saved_, false)) nua_destroy_event(request_);
}

void SofiaLeg::cancel() {
  // nua sends no CANCEL before a provisional response, and RFC 3261, 9.1, forbids it: it leaves when one comes.
  cancel_wanted_ = true;
  if (phase_ == Phase::proceeding) nua_cancel(handle_, TAG_END());
}

void SofiaLeg::bye() {
  if (phase_ != Phase::idle && handle_) path_.aim(handle_);
  if (phase_ == Phase::answered) nua_ack(handle_, TAG_END());
  if (phase_ == Phase::closing || phase_ == Phase::closed) return;
  refuse_offer(487, {});  // of the peer's, as in RFC 3261, 15.1.2; nua would answer 486, after the BYE
  phase_ = Phase::closing;
  refresh_.stop();
  nua_bye(handle_, TAG_END());
}

void SofiaLeg::abandon() {
  listener_ = nullptr;
  abandoned_ = true;
  switch (phase_) {
    case Phase::idle:
    case Phase::closed: close(); break;
    case Phase::inviting:
    case Phase::proceeding: cancel(); break;
    case Phase::ringing: refuse(480, {}); break;
    case Phase::answered:
    case Phase::accepted:
    case Phase::confirmed: bye(); break;
    case Phase::closing: break;
  }
}

void SofiaLeg::close() {
  phase_ = Phase::closed;
  refresh_.stop();
  if (!abandoned_) return;
  if (reinvites_ == 0) return stack_.remove(*this);
  // nua never frees a request whose handle goes before its final response: that comes, or Timer B makes one.
  refresh_.start(longest_transaction, [this] { stack_.remove(*this); });
}

void SofiaLeg::tell(const LegEvent& event) {
  if (listener_) listener_->on_leg_event(event);
}

void SofiaLeg::on_event(nua_event_t event, int status, const char* phrase, const sip_t* sip) {
  if (call_id_.empty() && sip && sip->sip_call_id) call_id_ = base::to_display(text_of(sip->sip_call_id->i_id));
  switch (event) {
    case nua_r_invite: on_invite_response(status, phrase, sip); break;
    case nua_i_invite: on_offer(sip, false); break;
    case nua_i_update: on_offer(sip, true); break;
    case nua_r_update:
      if (status >= 200 && status < 300) learn_timer(sip, true);
      break;
    case nua_i_ack: on_acknowledgement(sip); break;
    case nua_i_cancel:
      if (phase_ == Phase::ringing) {
        phase_ = Phase::closing;
        tell(Cancelled{});
      } else if (phase_ == Phase::confirmed && request_saved_) {
        forget_request();  // nua has answered it
        tell(ReofferCancelled{});
      }
      break;
    case nua_i_error:
      if (phase_ == Phase::accepted && status == 408) {
        phase_ = Phase::closing;  // nua sends the BYE
        tell(Unconfirmed{});
      }
      break;
    case nua_i_bye: on_end(0, nullptr); break;
    case nua_r_bye:
      if (status >= 200) on_end(408, "Session timeout");
      break;
    case nua_i_terminated: on_end(status, phrase); break;
    default: break;
  }
}

void SofiaLeg::on_tls_fault(const std::string& fault) {
  // What we still have to say cannot be said; the library gives up later.
  if (phase_ == Phase::closing) return tell(Closed{});
  if (phase_ != Phase::inviting) return;
  // The handle is the stack's now, which destroys it when the library has given up.
  signer_.reset();
  nua_handle_bind(std::exchange(handle_, nullptr), nullptr);
  close();
  if (cancel_wanted_)
    tell(Closed{});
  else
    tell(Refused{503, fault, true, {}});
}

// The dialog is over: as we asked, or else the session hears why.
void SofiaLeg::on_end(int status, const char* phrase) {
  const Phase was = phase_;
  if (was == Phase::closed || was == Phase::idle) return;
  // A final response to the INVITE tells of its end by itself.
  if (was == Phase::inviting || was == Phase::proceeding) return;
  close();
  if (was == Phase::closing)
    tell(Closed{});
  else if (was == Phase::ringing)
    tell(Cancelled{});
  else
    tell(Ended{static_cast<unsigned>(std::max(status, 0)), base::to_display(text_of(phrase))});
}

void SofiaLeg::on_invite_response(int status, const char* phrase, const sip_t* sip) {
  if (phase_ == Phase::inviting || phase_ == Phase::proceeding) return on_initial_response(status, phrase, sip);
  if (status < 200) return;
  if (reinvites_ > 0) --reinvites_;
  if (status < 300) {
    // A 2xx that comes again, or that crosses our BYE, is acknowledged too.
    nua_ack(handle_, TAG_END());
    learn_timer(sip, true);
  }
  if (phase_ == Phase::closed) return close();
  if (std::exchange(refreshing_, false)) return;
  if (phase_ == Phase::confirmed)
    tell(Reanswered{static_cast<unsigned>(status), reason_of(phrase, sip), description_of(sip)});
}

void SofiaLeg::on_initial_response(int status, const char* phrase, const sip_t* sip) {
  if (is_restarted(status, sip)) {
    phase_ = Phase::inviting;
    return;
  }
  // Our own Via, which the response brings back, is all that the library says of it.
  if (phase_ == Phase::inviting && transport_ == "udp" && sip && sip->sip_via &&
      base::to_lower(text_of(sip->sip_via->v_protocol)).ends_with("/tcp"))
    tell(Moved{});
  // The route set of who calls is the other way round (RFC 3261, 12.1.2).
  if (sip && status > 100 && status < 300) learn_next_hop(last_of(sip->sip_record_route), sip->sip_contact);
  if (status < 200) {
    phase_ = Phase::proceeding;
    if (cancel_wanted_)
      nua_cancel(handle_, TAG_END());
    else
      tell(Provisional{static_cast<unsigned>(status), description_of(sip), user_agent_of(sip)});
  } else if (status < 300) {
    phase_ = Phase::answered;
    learn_timer(sip, true);
    if (cancel_wanted_)
      bye();
    else
      tell(Answered{description_of(sip), user_agent_of(sip)});
  } else {
    on_refusal(status, phrase, sip);
  }
}

void SofiaLeg::on_refusal(int status, const char* phrase, const sip_t* sip) {
  // With a challenge of no digest nua still waits for a password: this tells it that none comes.
  if (status == 401 || status == 407) nua_authenticate(handle_, TAG_END());
  close();
  if (cancel_wanted_) return tell(Closed{});
  const bool local = !came_from_the_peer(sip);
  const std::string fault = local ? path_.fault() : "";
  tell(Refused{static_cast<unsigned>(status), fault.empty() ? reason_of(phrase, sip) : base::to_display(fault), local,
               user_agent_of(sip)});
}

void SofiaLeg::on_offer(const sip_t* sip, bool update) {
  learn_timer(sip, false);
  const bool early = phase_ == Phase::ringing || phase_ == Phase::accepted;
  const bool over = phase_ == Phase::closing || phase_ == Phase::closed;
  if (request_saved_ || early || over || has_foreign_body(sip) || (update && !has_body(sip)))
    return respond_at_once(sip, update);
  if (!nua_save_event(path_.agent()->nua(), request_)) return;
  request_saved_ = true;
  offered_in_answer_ = !has_body(sip);
  tell(Reoffered{description_of(sip), update});
}

// What needs no decision. An offer of the peer's that waits for its answer goes on waiting.
void SofiaLeg::respond_at_once(const sip_t* sip, bool update) {
  nua_saved_event_t request[1] = {};
  if (!nua_save_event(path_.agent()->nua(), request)) return;
  int code = 491;
  if (has_foreign_body(sip))
    code = 415;
  else if (update && !has_body(sip))
    code = 200;
  else if (phase_ == Phase::closing || phase_ == Phase::closed)
    code = 481;
  nua_respond(handle_, code, sip_status_phrase(code), NUTAG_WITH_SAVED(request),
              TAG_IF(code == 200, SIPTAG_CONTACT_STR(contact_.c_str())),
              TAG_IF(code == 415, SIPTAG_ACCEPT_STR(sdp_type)), TAG_END());
  nua_destroy_event(request);
}

void SofiaLeg::on_acknowledgement(const sip_t* sip) {
  if (phase_ == Phase::accepted) {
    phase_ = Phase::confirmed;
    tell(Confirmed{description_of(sip)});
  } else if (phase_ == Phase::confirmed && std::exchange(offered_in_answer_, false)) {
    tell(OfferAcknowledged{description_of(sip)});
  }
}

// RFC 4028. nua negotiates and watches the timer; the refresh is ours, a little earlier than nua's own, which would
// repeat an old description.
void SofiaLeg::learn_timer(const sip_t* sip, bool we_asked) {
  if (!sip) return;
  if (sip->sip_allow) peer_takes_update_ = sip_is_allowed(sip->sip_allow, SIP_METHOD_UPDATE);
  const sip_session_expires_t* expires = sip->sip_session_expires;
  const std::string refresher = expires ? text_of(expires->x_refresher) : "";
  const bool ours =
      we_asked ? refresher != "uas" : refresher == "uas" || !sip_has_supported(sip->sip_supported, "timer");
  refresh_.stop();
  if (!expires || !ours || expires->x_delta == 0) return;
  const auto interval = std::chrono::seconds(std::min(expires->x_delta, 86400ul));
  refresh_.start(interval * 2 / 5, [this] { refresh(); });
}

void SofiaLeg::refresh() {
  if (phase_ != Phase::confirmed || refreshing_) return;
  base::log::debug("session refreshed", {{"CALL_ID", call_id_}, {"METHOD", peer_takes_update_ ? "UPDATE" : "INVITE"}});
  if (peer_takes_update_) {
    path_.aim(handle_);
    nua_update(handle_, SIPTAG_CONTACT_STR(contact_.c_str()), TAG_END());
  } else {
    refreshing_ = true;
    reinvite(std::string(description_));
  }
}

}  // namespace sip
