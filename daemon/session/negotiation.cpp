// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/negotiation.h"

#include <utility>

namespace session {

std::string Negotiation::offer(const LocalMedia& ours) {
  sip::Description offer = make_offer(id_, ours, local_);
  // RFC 3264, 8: one more than in the description that was sent before, whatever became of it.
  if (local_) offer.version = version_ + 1;
  version_ = offer.version;
  preview_.reset();
  offered_hold_ = ours.audio && ours.audio->hold;
  offer_ = std::move(offer);
  return sip::to_text(*offer_);
}

Negotiation::Outcome Negotiation::read(const std::optional<std::string>& answer, bool hold, bool final) {
  std::optional<sip::Description> description = preview_;
  if (answer) {
    sip::Reading reading = sip::read_description(*answer);
    if (!reading.description) return {{}, reading.fault};
    description = std::move(reading.description);
  }
  if (!description) return {{}, "the answer has no description"};
  if (!offer_) return {{}, "there is no offer to answer"};
  Outcome outcome{read_answer(*offer_, *description, hold), {}};
  outcome.fault = outcome.settlement.fault;
  if (!outcome.fault.empty()) return outcome;
  if (final) {
    local_ = std::exchange(offer_, std::nullopt);
    remote_ = std::move(description);
    preview_.reset();
    agreed_hold_ = offered_hold_;
  } else {
    preview_ = std::move(description);
  }
  return outcome;
}

Negotiation::Outcome Negotiation::preview(const std::optional<std::string>& answer, bool hold) {
  return read(answer, hold, false);
}

Negotiation::Outcome Negotiation::conclude(const std::optional<std::string>& answer, bool hold) {
  return read(answer, hold, true);
}

Answer Negotiation::accept(const LocalMedia& ours) {
  remote_ = std::exchange(remote_offer_, std::nullopt);
  Answer answer = make_answer(*remote_, ours, id_);
  answer.description.version = ++version_;
  local_ = answer.description;
  if (answer.audio) agreed_hold_ = ours.audio->hold;
  return answer;
}

bool Negotiation::covers(Streams running, bool hold) const {
  return running.contains(agreed(hold).streams()) && (!running.audio || hold == agreed_hold_);
}

std::string Negotiation::fault_of(const sip::Description& offer, Streams running) const {
  return local_ ? fault_of_reoffer(offer, *local_, running) : "";
}

}  // namespace session
