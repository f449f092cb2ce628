// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/session.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "daemon/account/account.h"
#include "daemon/session/offer_answer.h"
#include "daemon/session/routes.h"
#include "daemon/sip/uri.h"

namespace session {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::Error;

constexpr auto closing_limit = 1s;  // for the answer to BYE, CANCEL or a refusal

}  // namespace

Session::Session(std::uint64_t number, Surroundings& surroundings, const account::Account& account,
                 SessionListener& listener)
    : number_(number),
      surroundings_(surroundings),
      account_(account),
      listener_(listener),
      audio_(surroundings, *this),
      chat_(surroundings, account, *this),
      routes_(surroundings, *this),
      proposal_limit_(surroundings.scheduler),
      retry_(surroundings.scheduler),
      closing_(surroundings.scheduler) {
  properties_.account = account.id();
}

Session::~Session() = default;

void Session::tell(const Event& event) { listener_.on_session_event(*this, event); }

// The one door for change.
void Session::step(Step step) {
  const State before = properties_.state;
  const auto next = after(before, step);
  if (!next) return;
  properties_.state = *next;
  tell(ChangedState{before, *next});
}

void Session::require(Step step, const char* verb) const {
  if (after(properties_.state, step)) return;
  std::string allowed;
  for (const Row& row : rows)
    if (row.step == step) allowed += (allowed.empty() ? "" : ", ") + std::string(to_text(row.from));
  refuse(verb, allowed);
}

void Session::require_established(const char* verb) const {
  if (properties_.state != State::established) refuse(verb, "ESTABLISHED");
}

void Session::refuse(const char* verb, const std::string& allowed) const {
  throw Error(Errc::invalid_state, "session " + std::to_string(number_) + " is " +
                                       std::string(to_text(properties_.state)) + ": " + verb + " needs " + allowed);
}

std::vector<std::string> Session::codecs() const {
  const auto& own = account_.codec_list();
  return own.empty() ? *surroundings_.settings.audio.codec_list : own;
}

std::string Session::rtp_address(const std::string& local_address) const {
  const std::string& fixed = *surroundings_.settings.rtp.local_ip;
  return fixed == "auto" ? local_address : fixed;
}

void Session::connect(const std::string& callee_uri, const std::vector<sip::Route>& routes, Streams streams) {
  require(Step::connect, "Connect");
  if (streams.empty()) throw Error(Errc::invalid_argument, "Connect needs at least one stream: \"audio\", \"chat\"");
  if (!surroundings_.legs) throw Error(Errc::engine_not_running, "the Engine does not run: Start begins it");
  if (surroundings_.active_sessions >= static_cast<std::size_t>(*surroundings_.settings.sessions.max))
    throw Error(Errc::limit_reached, "there are " + std::to_string(surroundings_.active_sessions) +
                                         " sessions already: sessions.max allows no more");
  const sip::LegFactory& legs = *surroundings_.legs;
  const sip::Uri callee = checked_callee(callee_uri, legs);
  sip::Uri first_hop = account_.outbound_proxy().value_or(callee);
  first_hop.secure |= callee.secure;
  const std::vector<sip::Route> known = routes.empty()
                                            ? routes_of(first_hop, usable_transports(surroundings_.settings, legs))
                                            : checked_routes(routes, legs, callee.secure);
  // Where the routes are not known yet, the ports are held all the same, so that who asks hears when there are none.
  local_address_ = rtp_address(legs.local_address(known.empty() ? first_hop.host : known.front().host));
  prepare(streams, nullptr);

  properties_.direction = "outgoing";
  properties_.local_uri = properties_.caller_uri = account_.uri();
  properties_.remote_uri = properties_.callee_uri = callee.to_text();
  properties_.proposed_streams = streams;
  if (!known.empty()) properties_.route = known.front();
  step(Step::connect);
  tell(NewOutgoing{streams});
  chat_.when_prepared([this, first_hop, known] { routes_.start(first_hop, known); });
}

void Session::routes_did_fail(unsigned code, const std::string& reason) { fail(Party::local, code, reason); }

void Session::try_route(const sip::Route& route) {
  properties_.route = route;
  const std::string local_address = surroundings_.legs->local_address(route.host);
  const Streams streams = properties_.proposed_streams.with(negotiated());
  try {
    local_address_ = rtp_address(local_address);
    prepare({streams.audio && local_address_ != audio_.local_address(),
             streams.chat && !chat_.is_prepared_for(local_address_)},
            nullptr);
  } catch (const Error& error) {
    return fail(Party::local, 0, error.what());
  }
  if (const auto names = codecs(); names.size() == 1 && streams.audio) surroundings_.audio.expect(names.front());
  sip::Invitation invitation;
  invitation.target = properties_.callee_uri;
  invitation.local_uri = properties_.local_uri;
  invitation.display_name = account_.display_name();
  invitation.contact_user = account_.contact_user();
  invitation.local_address = local_address;
  invitation.route = properties_.route;
  // The account's own server may bear another name than its domain.
  if (const std::string& name = *account_.saved().sip.tls_name;
      !name.empty() && (account_.outbound_proxy() || sip::host_of(properties_.callee_uri) == account_.domain()))
    invitation.route.tls_name = name;
  invitation.offer = negotiation_.offer(ours(streams));
  invitation.credentials = account_.authentication();
  leg_ = surroundings_.legs->create_leg();
  leg_->set_listener(*this);
  leg_->invite(invitation);
  tell(PropertiesDidChange{});
}

void Session::receive(std::unique_ptr<sip::Leg> leg, const sip::Invite& invite, std::optional<sip::Description> offer) {
  leg_ = std::move(leg);
  leg_->set_listener(*this);
  properties_.direction = "incoming";
  properties_.local_uri = properties_.callee_uri = invite.local_uri;
  properties_.remote_uri = properties_.caller_uri = invite.remote_uri;
  properties_.remote_display_name = invite.remote_display_name;
  properties_.remote_user_agent = invite.user_agent;
  local_address_ = rtp_address(invite.local_address);
  properties_.proposed_streams = {.audio = true};
  if (offer) {
    properties_.proposed_streams = acceptable_streams(*offer, codecs(), surroundings_.chats);
    const LocalMedia audio{local_address_, LocalAudio{local_address_, 1, codecs(), false}};
    if (const auto parameters = make_answer(*offer, audio, 0).audio) surroundings_.audio.expect(parameters->codec);
    negotiation_.receive(std::move(*offer));
  }
  properties_.state = *after(State::null, Step::invite);
  leg_->ring(account_.contact_user(), account_.authentication());
}

void Session::announce() {
  tell(ChangedState{State::null, properties_.state});
  tell(NewIncoming{properties_.proposed_streams});
}

void Session::accept(Streams streams) {
  require(Step::accept, "Accept");
  if (streams.empty()) throw Error(Errc::invalid_argument, "Accept needs at least one of the proposed streams");
  if (!properties_.proposed_streams.contains(streams))
    throw Error(Errc::invalid_argument, "Accept takes only streams that were proposed: see ProposedStreams");
  const auto& offer = negotiation_.remote_offer();
  prepare(streams, offer ? &*offer : nullptr);
  step(Step::accept);
  chat_.when_prepared([this, streams] { answer_call(streams); });
}

void Session::answer_call(Streams streams) {
  properties_.proposed_streams = streams;
  std::string description;
  if (negotiation_.remote_offer()) {
    const Answer answer = negotiation_.accept(ours(streams));
    description = sip::to_text(answer.description);
    apply({answer.audio, answer.held_by_remote, answer.chat, {}}, streams);
  } else {
    description = negotiation_.offer(ours(streams));  // RFC 3261, 13.2.1: the answer comes in the ACK
  }
  properties_.start_time = std::chrono::system_clock::now();
  tell(WillStart{});
  leg_->accept(description);
}

void Session::reject(bool is_busy) {
  require(Step::reject, "Reject");
  end(is_busy);
}

void Session::end(bool is_busy) {
  require(Step::end, "End");
  end_with(is_busy ? EndReason{"local", 486, "Busy Here"} : EndReason{"local", 603, "Decline"});
}

void Session::leave() { end_with({"local", 480, "Temporarily Unavailable"}); }

void Session::lose(const std::string& reason) {
  if (after(properties_.state, Step::end)) fail(Party::local, 0, reason);
}

// The reason is what a caller hears that was not answered yet; an answered one gets BYE.
void Session::end_with(const EndReason& refusal) {
  const State was = properties_.state;
  properties_.end_reason = was == State::incoming ? refusal : EndReason{"local", 0, {}};
  step(Step::end);
  tell(WillEnd{});
  routes_.stop();
  retry_.stop();
  proposal_limit_.stop();
  if (!leg_)
    ;  // its routes are still looked up
  else if (was == State::calling)
    leg_->cancel();
  else if (was == State::incoming)
    leg_->refuse(properties_.end_reason.code, {});
  else
    leg_->bye();
  // The peer's answer is waited for in closing_ and not here: media stop at once.
  closing_.start(leg_ ? closing_limit : 0ms, [this] { on(sip::Closed{}); });
  chat_.stop("the session was ended");
  audio_.stop([] {});
}

void Session::hold() {
  require_established("Hold");
  if (properties_.on_hold_by_local) return;
  properties_.on_hold_by_local = true;
  audio_.hold_did_change();
  if (audio_.negotiated()) {
    media::AudioParameters quiet = *audio_.parameters();
    quiet.send = quiet.receive = false;
    audio_.apply(quiet);
    offer_again();
  }
  tell(GotHoldRequest{Party::local});
}

void Session::unhold() {
  require_established("Unhold");
  if (!properties_.on_hold_by_local) return;
  properties_.on_hold_by_local = false;
  audio_.hold_did_change();
  if (audio_.negotiated()) offer_again();
  tell(GotUnholdRequest{Party::local});
}

void Session::start_recording_audio(const std::string& file_name) {
  require_established("StartRecordingAudio");
  const std::string& chosen = *surroundings_.settings.audio.recordings_directory;
  const std::string directory =
      (chosen.empty() ? surroundings_.recordings_directory : chosen) + "/" + folder_name(account_.id());
  audio_.start_recording(directory, file_name,
                         {std::chrono::system_clock::now(), sip::user_of(properties_.remote_uri),
                          sip::host_of(properties_.remote_uri), properties_.direction == "outgoing"});
}

void Session::stop_recording_audio() {
  require_established("StopRecordingAudio");
  audio_.stop_recording();
}

void Session::send_dtmf(const std::string& digit) {
  require_established("SendDtmf");
  audio_.send_dtmf(digit);
}

void Session::set_muted(bool muted) {
  if (properties_.muted == muted) return;
  properties_.muted = muted;
  audio_.set_muted(muted);
  tell(PropertiesDidChange{});
}

std::string Session::send_message(const OutgoingMessage& message) {
  require_established("SendMessage");
  return chat_.send(message);
}

void Session::set_composing(bool active, unsigned refresh) {
  require_established("SetComposing");
  chat_.set_composing(active, refresh);
}

std::optional<media::AudioStatistics> Session::audio_statistics() const { return audio_.statistics(); }

std::optional<media::AudioParameters> Session::audio_parameters() const { return audio_.parameters(); }

std::optional<msrp::ChatStatistics> Session::chat_statistics() const { return chat_.statistics(); }

}  // namespace session
