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
constexpr unsigned server_timeout = 504;
constexpr unsigned most_reminders = 4;

// RFC 3261, 14.1: whoever made the Call-ID waits longer.
base::Duration glare_delay(bool creator) {
  base::Random random;
  const int least = creator ? 210 : 0;
  const int most = creator ? 400 : 200;
  return base::Duration(std::uniform_int_distribution<int>(least, most)(random) * 10);
}

// Those that run, and those whose removal the peer has not heard of yet.
Streams known_to_run(Streams running, const Negotiation& negotiation) {
  return running.with(negotiation.agreed(false).streams());
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
  // Early media: of a chat nothing is to be had yet. An answer that does not fit is judged when it comes with the 2xx.
  if (!event.description) return;
  const Settlement early = negotiation_.preview(event.description, false).settlement;
  if (early.audio && audio_.prepared()) start_audio(*early.audio, early.held_by_remote);
}

// With what is told next.
void Session::on(const sip::Moved&) { properties_.route.transport = "tcp"; }

void Session::on(const sip::Answered& event) {
  if (properties_.state != State::calling) return leg_->bye();
  routes_.stop();
  if (!event.user_agent.empty()) properties_.remote_user_agent = event.user_agent;
  properties_.start_time = std::chrono::system_clock::now();
  const Negotiation::Outcome outcome = negotiation_.conclude(event.description, false);
  if (outcome.fault.empty()) properties_.proposed_streams = outcome.settlement.streams().without(properties_.streams);
  tell(WillStart{});
  leg_->acknowledge();
  confirm(outcome);
}

// The initial answer is there: the session begins with what it settles, or not at all.
void Session::confirm(const Negotiation::Outcome& outcome) {
  const Streams taken = outcome.settlement.streams();
  if (!outcome.fault.empty() || taken.empty()) {
    leg_->bye();
    return fail(Party::local, not_acceptable_here,
                taken.empty() && outcome.fault.empty() ? "the peer took no stream" : outcome.fault);
  }
  apply(outcome.settlement, taken);
  discard(Streams{true, true}.without(taken));
  step(Step::confirm);
  start_established();
}

void Session::start_established() {
  tell(DidStart{});
  if (audio_.negotiated()) audio_.watch();
  go_on();
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
  if (negotiation_.offering()) return confirm(negotiation_.conclude(event.description, false));
  step(Step::confirm);
  start_established();
}

void Session::on(const sip::Unconfirmed&) { fail(Party::local, 408, "No ACK received"); }

void Session::on(const sip::Cancelled&) { fail(Party::remote, 487, "Request cancelled"); }

void Session::on(const sip::Reoffered& event) {
  const bool open = properties_.state == State::established || properties_.state == State::proposing;
  // RFC 3261, 14.2, and RFC 3311, 5.2: an offer of ours has no answer yet.
  if (!open || negotiation_.offering()) return leg_->refuse_offer(request_pending, {});
  if (!event.description) {
    // Who asks for an offer may well mean to end its hold by it.
    LocalMedia media = ours(kept());
    media.held_by_remote = false;
    return leg_->answer(negotiation_.offer(media));
  }
  sip::Reading reading = sip::read_description(*event.description);
  if (!reading.description) return leg_->refuse_offer(not_acceptable_here, reading.fault);
  if (const std::string fault = fault_of(*reading.description); !fault.empty())
    return leg_->refuse_offer(not_acceptable_here, fault);
  const Streams added = acceptable_streams(*reading.description, codecs(), surroundings_.chats)
                            .without(known_to_run(negotiated(), negotiation_));
  if (!added.empty() && event.at_once) return leg_->refuse_offer(server_timeout, "nobody can be asked so fast");
  negotiation_.receive(std::move(*reading.description));
  if (added.empty()) return answer_offer({});
  receive_proposal(added);
}

// Why the peer's new offer cannot be taken, or "".
std::string Session::fault_of(const sip::Description& offer) const {
  const Streams known = known_to_run(negotiated(), negotiation_);
  if (std::string fault = negotiation_.fault_of(offer, known); !fault.empty()) return fault;
  const Streams offered = offered_streams(offer);
  if (audio_.negotiated() && offered.audio && !acceptable_streams(offer, codecs(), false).audio)
    return "none of the codecs is spoken here";
  return {};
}

void Session::on(const sip::ReofferCancelled&) {
  if (properties_.state != State::proposed) return;
  negotiation_.decline();
  settle_proposal({}, "Cancelled by remote");
  go_on();
}

void Session::on(const sip::OfferAcknowledged& event) {
  if (properties_.state == State::terminating) return;
  const Negotiation::Outcome outcome = negotiation_.conclude(event.description, properties_.on_hold_by_local);
  if (outcome.fault.empty()) {
    apply(outcome.settlement, kept());
  } else {
    negotiation_.withdraw();
    base::log::warning("the answer in an ACK was not taken",
                       {{"SESSION", std::to_string(number_)}, {"REASON", outcome.fault}});
  }
  go_on();
}

void Session::on(const sip::Reanswered& event) {
  const bool open = properties_.state == State::established || properties_.state == State::proposing;
  if (!open || !negotiation_.offering()) return negotiation_.withdraw();
  const bool renewed = kept() != negotiated();
  if (event.code < 300) {
    retried_ = false;
    take_answer(event.description);
  } else {
    negotiation_.withdraw();
    const bool proposed = proposal_ && std::exchange(proposal_->under_way, false);
    if (event.code == request_pending && !std::exchange(retried_, true)) return offer_later();
    retried_ = false;
    if (proposed) settle_proposal({}, "Proposal rejected with: " + std::to_string(event.code) + " " + event.reason);
    if (!offer_due_) take_hold_back();
  }
  if (renewed && !chat_.started()) {
    chat_.stop("the peer took no other chat");
    tell(StreamDidFail{{.chat = true}, "the peer began another chat and did not take ours"});
  }
  go_on();
}

void Session::offer_later() {
  retry_.start(glare_delay(leg_->creator_of_call_id()), [this] { offer_again(); });
}

// Offers what is due. A removal that was refused is not taken back: the peer is told again, and some more times. When
// it has heard of a chat that ended, or will not, the connection may go.
void Session::go_on() {
  if (offer_due_) return offer_again();
  if (retry_.running() || negotiation_.offering()) return;
  if (!negotiation_.covers(negotiated(), properties_.on_hold_by_local) && reminders_ < most_reminders) {
    ++reminders_;
    return offer_later();
  }
  reminders_ = 0;
  chat_.close();
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
  proposal_limit_.stop();
  proposal_.reset();
  properties_.end_reason = {std::string(to_text(originator)), code, base::to_display(reason)};
  // What we end ourselves does not fail, whatever crosses our request.
  failed = failed && properties_.state != State::terminating;
  chat_.stop("the session is over");
  audio_.stop([this, originator, code, reason = base::to_display(reason), failed] {
    audio_.reset();
    chat_.reset();
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
