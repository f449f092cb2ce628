// SPDX-License-Identifier: LGPL-2.1-or-later
// What rises to a session from its dialog and from its audio.
#include <random>
#include <utility>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "daemon/session/offer_answer.h"
#include "daemon/session/routes.h"
#include "daemon/session/session.h"

namespace session {
namespace {

constexpr unsigned not_acceptable_here = 488;
constexpr unsigned request_pending = 491;

// RFC 3261, 14.1: whoever made the Call-ID waits longer.
base::Duration glare_delay(bool creator) {
  base::Random random;
  const int least = creator ? 210 : 0;
  const int most = creator ? 400 : 200;
  return base::Duration(std::uniform_int_distribution<int>(least, most)(random) * 10);
}

}  // namespace

void Session::on_leg_event(const sip::LegEvent& event) {
  std::visit([this](const auto& one) { on(one); }, event);
}

void Session::on(const sip::Provisional& event) {
  if (properties_.state != State::calling) return;
  routes_.on_provisional(event.code);
  if (event.code == 100) return;
  if (properties_.remote_user_agent.empty()) properties_.remote_user_agent = event.user_agent;
  if (event.code == 180) tell(GotRingIndication{});
  // Early media. An answer that does not fit is judged when it comes again with the 2xx.
  if (event.description) settle(event.description);
}

// Takes the peer's answer to local_. Returns a sentence when it does not fit, and then nothing has changed.
std::string Session::settle(const std::optional<std::string>& text) {
  if (!text) return audio_.parameters() ? "" : "the answer has no description";
  const sip::Reading reading = sip::read_description(*text);
  if (!reading.description) return reading.fault;
  return take_answer(*reading.description);
}

std::string Session::take_answer(const sip::Description& answer) {
  const Settlement settlement = read_answer(*local_, answer, properties_.on_hold_by_local);
  if (!settlement.fault.empty()) return settlement.fault;
  if (!settlement.audio && properties_.state != State::established) return "the peer took no stream";
  remote_ = answer;
  if (settlement.audio) {
    audio_.apply(*settlement.audio);
    hold_by_remote(settlement.held_by_remote);
  } else if (properties_.streams.audio) {
    remove_audio();
  }
  return {};
}

void Session::hold_by_remote(bool held) {
  if (std::exchange(properties_.on_hold_by_remote, held) == held) return;
  audio_.hold_did_change();
  if (held)
    tell(GotHoldRequest{Party::remote});
  else
    tell(GotUnholdRequest{Party::remote});
}

void Session::on(const sip::Answered& event) {
  if (properties_.state != State::calling) return leg_->bye();
  routes_.stop();
  if (!event.user_agent.empty()) properties_.remote_user_agent = event.user_agent;
  properties_.start_time = std::chrono::system_clock::now();
  tell(WillStart{});
  const std::string fault = settle(event.description);
  leg_->acknowledge();
  if (!fault.empty()) {
    leg_->bye();
    return fail(Party::local, not_acceptable_here, fault);
  }
  step(Step::confirm);
  start_established();
}

void Session::start_established() {
  tell(DidStart{});
  audio_.watch();
}

void Session::on(const sip::Refused& event) {
  if (properties_.state != State::calling) return;
  const bool passing = event.local || event.code == 503;
  if (passing && routes_.next()) return;
  if (!event.user_agent.empty()) properties_.remote_user_agent = event.user_agent;
  // Codes from 900 are the stack's own and mean nothing to anybody else.
  const unsigned code = event.code >= 700 ? 0 : event.code;
  fail(event.local ? Party::local : Party::remote, code, event.reason);
}

void Session::on(const sip::Confirmed& event) {
  if (properties_.state != State::accepting) return;
  if (!remote_) {
    if (const std::string fault = settle(event.description); !fault.empty()) {
      leg_->bye();
      return fail(Party::local, not_acceptable_here, fault);
    }
  }
  step(Step::confirm);
  start_established();
}

void Session::on(const sip::Unconfirmed&) { fail(Party::local, 408, "No ACK received"); }

void Session::on(const sip::Cancelled&) { fail(Party::remote, 487, "Request cancelled"); }

void Session::on(const sip::Reoffered& event) {
  // RFC 3261, 14.2, and RFC 3311, 5.2: an offer of ours has no answer yet.
  if (properties_.state != State::established || offering_) return leg_->refuse_offer(request_pending, {});
  if (!event.description) {
    // Who asks for an offer may well mean to end its hold by it.
    local_ = make_reoffer(*local_, properties_.on_hold_by_local, false);
    return leg_->answer(sip::to_text(*local_));
  }
  sip::Reading reading = sip::read_description(*event.description);
  if (!reading.description) return leg_->refuse_offer(not_acceptable_here, reading.fault);
  if (const std::string fault = fault_of_reoffer(*reading.description, *local_, properties_.streams); !fault.empty())
    return leg_->refuse_offer(not_acceptable_here, fault);
  std::optional<LocalAudio> ours;
  if (properties_.streams.audio)
    ours = LocalAudio{audio_.local_address(), audio_.local_port(), codecs(), properties_.on_hold_by_local};
  Answer answer = make_answer(*reading.description, ours, description_id_, local_);
  if (ours && !answer.audio && offered_streams(*reading.description).audio)
    return leg_->refuse_offer(not_acceptable_here, "none of the codecs is spoken here");
  local_ = std::move(answer.description);
  remote_ = std::move(reading.description);
  leg_->answer(sip::to_text(*local_));
  if (answer.audio) {
    audio_.apply(*answer.audio);
    hold_by_remote(answer.held_by_remote);
  } else if (properties_.streams.audio) {
    remove_audio();
  }
  tell(PropertiesDidChange{});
}

// Lost here: nothing is left of the session, as long as audio is its only stream.
void Session::audio_did_fail(const std::string& reason) {
  if (properties_.state == State::terminating) return;
  tell(StreamDidFail{{.audio = true}, reason});
  if (properties_.state == State::calling)
    leg_->cancel();
  else
    leg_->bye();
  fail(Party::local, 0, reason);
}

// The peer took the stream away; the session goes on without it.
void Session::remove_audio() {
  audio_.stop([this] {
    audio_.reset();
    tell(PropertiesDidChange{});
  });
}

void Session::on(const sip::OfferAcknowledged& event) {
  if (properties_.state == State::terminating) return;
  if (const std::string fault = settle(event.description); !fault.empty())
    base::log::warning("the answer in an ACK was not taken", {{"SESSION", std::to_string(number_)}, {"REASON", fault}});
}

void Session::on(const sip::Reanswered& event) {
  if (properties_.state != State::established) return;
  offering_ = false;
  if (event.code < 300) {
    retried_ = false;
    agreed_hold_ = offers_hold(*local_);
    if (const std::string fault = settle(event.description); !fault.empty())
      base::log::warning("the answer to a re-INVITE was not taken",
                         {{"SESSION", std::to_string(number_)}, {"REASON", fault}});
  } else if (event.code == request_pending && !std::exchange(retried_, true)) {
    retry_.start(glare_delay(leg_->creator_of_call_id()), [this] { offer_again(); });
    return;
  } else {
    retried_ = false;
    if (!offer_due_) take_hold_back();
  }
  if (offer_due_) offer_again();
}

// The peer refused: what we hold is again what it last took, and the opposite notification says so.
void Session::take_hold_back() {
  if (properties_.on_hold_by_local == agreed_hold_) return;
  properties_.on_hold_by_local = agreed_hold_;
  audio_.hold_did_change();
  local_ = make_reoffer(*local_, agreed_hold_, properties_.on_hold_by_remote);
  take_answer(sip::Description(*remote_));
  if (agreed_hold_)
    tell(GotHoldRequest{Party::local});
  else
    tell(GotUnholdRequest{Party::local});
}

void Session::on(const sip::Ended& event) {
  // Before the ACK a BYE is a failure; after it, an end like any other, and only what the peer did not want fails.
  const bool failed = event.code != 0 || properties_.state == State::accepting;
  finish(event.code == 0 ? Party::remote : Party::local, event.code, event.reason, failed);
}

void Session::on(const sip::Closed&) {
  if (properties_.state != State::terminating) return;
  finish(Party::local, properties_.end_reason.code, properties_.end_reason.reason, false);
}

void Session::fail(Party originator, unsigned code, const std::string& reason) {
  finish(originator, code, reason, true);
}

void Session::finish(Party originator, unsigned code, const std::string& reason, bool failed) {
  if (properties_.state == State::terminated) return;
  routes_.stop();
  retry_.stop();
  closing_.stop();
  properties_.end_reason = {std::string(to_text(originator)), code, base::to_display(reason)};
  // What we end ourselves does not fail, whatever crosses our request.
  failed = failed && properties_.state != State::terminating;
  audio_.stop([this, originator, code, reason = base::to_display(reason), failed] {
    audio_.reset();
    properties_.on_hold_by_local = properties_.on_hold_by_remote = properties_.muted = false;
    properties_.proposed_streams = {};
    if (properties_.start_time != Time{}) properties_.stop_time = std::chrono::system_clock::now();
    step(Step::finish);
    if (failed) tell(DidFail{originator, code, reason});
    tell(DidEnd{originator});
    leg_.reset();
  });
}

}  // namespace session
