// SPDX-License-Identifier: LGPL-2.1-or-later
// The streams of a session: what is negotiated of them, what is added and removed, and what becomes of them.
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "daemon/session/session.h"

namespace session {
namespace {

using base::Errc;
using base::Error;

constexpr unsigned not_acceptable_here = 488;
constexpr unsigned internal_error = 500;

}  // namespace

// Those that both sides agreed on, with a chat that takes the place of one that was agreed on, and was not offered yet
// or has no answer.
Streams Session::kept() const {
  const bool proposed = proposal_ && proposal_->streams.chat;
  return negotiated().with({.chat = chat_.waiting() && !proposed});
}

LocalMedia Session::ours(Streams streams) const {
  LocalMedia media{local_address_};
  media.held_by_remote = properties_.on_hold_by_remote;
  if (streams.audio)
    media.audio = LocalAudio{audio_.local_address(), audio_.local_port(), codecs(), properties_.on_hold_by_local};
  if (streams.chat) media.chat = chat_.ours();
  return media;
}

// The sockets of streams that are to be offered, or to answer the offer. Throws with nothing changed.
void Session::prepare(Streams streams, const sip::Description* offer) {
  if (streams.audio) audio_.prepare(local_address_);
  if (!streams.chat) return;
  try {
    chat_.prepare(local_address_, offer ? offered_chat(*offer) : nullptr);
  } catch (const Error&) {
    if (streams.audio) audio_.reset();
    throw;
  }
}

void Session::discard(Streams streams) {
  if (streams.audio) audio_.reset();
  if (streams.chat) chat_.reset();
}

// What an answer settled; a stream that it settles and that is not wanted any more is removed by a further offer.
void Session::apply(const Settlement& settlement, Streams wanted) {
  if (settlement.audio && wanted.audio)
    start_audio(*settlement.audio, settlement.held_by_remote);
  else if (audio_.negotiated())
    stop_stream({.audio = true}, {});
  if (settlement.chat && wanted.chat)
    start_chat(*settlement.chat);
  else if (kept().chat)
    stop_stream({.chat = true}, "the peer ended the chat");
  offer_due_ = offer_due_ || (settlement.audio && !wanted.audio) || (settlement.chat && !wanted.chat);
}

void Session::start_audio(const media::AudioParameters& parameters, bool held_by_remote) {
  const bool started = audio_.apply(parameters);
  hold_by_remote(held_by_remote);
  if (started && properties_.state != State::calling && properties_.state != State::accepting) audio_.watch();
}

void Session::stop_stream(Streams stream, const std::string& reason) {
  if (stream.chat) chat_.stop(reason);
  if (!stream.audio) return;
  audio_.stop([this] {
    audio_.reset();
    properties_.on_hold_by_remote = false;
    tell(PropertiesDidChange{});
  });
}

void Session::hold_by_remote(bool held) {
  if (std::exchange(properties_.on_hold_by_remote, held) == held) return;
  audio_.hold_did_change();
  if (held)
    tell(GotHoldRequest{Party::remote});
  else
    tell(GotUnholdRequest{Party::remote});
}

// One offer at a time; what changes meanwhile goes into the next.
void Session::offer_again() {
  const bool open = properties_.state == State::established || properties_.state == State::proposing;
  offer_due_ = !open || negotiation_.offering() || retry_.running() || (proposal_ && chat_.preparing());
  if (offer_due_) return;
  Streams streams = kept();
  if (proposal_) {
    streams = streams.with(proposal_->streams);
    proposal_->under_way = true;
  }
  leg_->reinvite(negotiation_.offer(ours(streams)));
}

// The 2xx to an offer of ours.
void Session::take_answer(const std::optional<std::string>& answer) {
  const bool proposed = proposal_ && proposal_->under_way;
  const Streams wanted = proposed ? kept().with(proposal_->streams) : kept();
  const Negotiation::Outcome outcome = negotiation_.conclude(answer, properties_.on_hold_by_local);
  if (!outcome.fault.empty()) {
    negotiation_.withdraw();
    base::log::warning("the answer to a re-INVITE was not taken",
                       {{"SESSION", std::to_string(number_)}, {"REASON", outcome.fault}});
  } else {
    apply(outcome.settlement, wanted);
  }
  if (!proposed || !proposal_) return;
  const Streams streams = proposal_->streams;
  if (negotiated().contains(streams))
    settle_proposal(streams, {});
  else
    settle_proposal({},
                    "SDP negotiation failed: " + (outcome.fault.empty() ? "the stream was refused" : outcome.fault));
}

// Where an answer has another path, our side of that chat is offered next: what we offered is the old one's.
void Session::start_chat(const ChatSettlement& settlement) {
  if (!chat_.is_another(settlement.remote)) return chat_.start(settlement);
  renew_chat(nullptr);
  offer_due_ = true;
}

// RFC 4975, 8.4: the peer's offer, or, null, its answer, may have another path, which is another chat in the place of
// ours. Whether it begins.
bool Session::renew_chat(const sip::Description* offer) {
  const char* reason = "the peer began another chat";
  chat_.stop(reason);
  try {
    prepare({.chat = true}, offer);
    // The peer does not wait for a relay.
    if (!chat_.preparing()) return properties_.proposed_streams.chat = true;
  } catch (const Error& error) {
    tell(StreamDidFail{{.chat = true}, error.what()});
    return false;
  }
  tell(StreamDidFail{{.chat = true}, reason});
  chat_.reset();
  return false;
}

// The peer's offer is answered, with those of its new streams that were accepted.
void Session::answer_offer(Streams accepted) {
  const sip::Description& offer = *negotiation_.remote_offer();
  const sip::Medium* line = offered_chat(offer);
  const bool followed = line && (kept() != negotiated() || chat_.is_another(*remote_chat(*line))) && renew_chat(&offer);
  const Answer answer = negotiation_.accept(ours(negotiated().with(accepted).with({.chat = followed})));
  leg_->answer(sip::to_text(answer.description));
  if (!accepted.empty()) settle_proposal(accepted.with({.chat = followed}), {});
  apply({answer.audio, answer.held_by_remote, answer.chat, {}}, {true, true});
  tell(PropertiesDidChange{});
  go_on();
}

// The peer refused: what we hold is again what it last took, and the opposite notification says so.
void Session::take_hold_back() {
  if (!audio_.negotiated() || properties_.on_hold_by_local == negotiation_.agreed_hold()) return;
  properties_.on_hold_by_local = negotiation_.agreed_hold();
  audio_.hold_did_change();
  const Settlement agreed = negotiation_.agreed(properties_.on_hold_by_local);
  if (agreed.audio) start_audio(*agreed.audio, agreed.held_by_remote);
  if (properties_.on_hold_by_local)
    tell(GotHoldRequest{Party::local});
  else
    tell(GotUnholdRequest{Party::local});
}

void Session::add_stream(Streams stream) {
  require_established(stream.audio ? "AddAudio" : "AddChat");
  if (properties_.streams.contains(stream) || kept().contains(stream))
    throw Error(Errc::invalid_state, "the session has this stream already");
  prepare(stream, nullptr);
  proposal_ = Proposal{Party::local, stream};
  properties_.proposed_streams = properties_.proposed_streams.with(stream);
  step(Step::propose);
  tell(GotStreamProposal{Party::local, stream});
  proposal_limit_.start(std::chrono::seconds(*surroundings_.settings.sessions.proposal_timeout),
                        [this] { proposal_did_time_out(); });
  chat_.when_prepared([this] { offer_again(); });
}

void Session::remove_stream(Streams stream) {
  require_established(stream.audio ? "RemoveAudio" : "RemoveChat");
  if (!kept().contains(stream)) throw Error(Errc::no_such_stream, "the session has no such stream");
  if (kept() == stream) throw Error(Errc::invalid_state, "this is the last stream of the session: End ends it");
  stop_stream(stream, "the chat was removed");
  offer_again();
}

void Session::receive_proposal(Streams streams) {
  const bool ours = proposal_.has_value();
  if (ours) {
    // Both proposed, and the peer asked again first (RFC 3261, 14.1).
    retry_.stop();
    retried_ = false;
    discard(proposal_->streams);
    properties_.proposed_streams = properties_.proposed_streams.without(proposal_->streams);
    offer_due_ = !negotiation_.covers(negotiated(), properties_.on_hold_by_local);
  }
  proposal_ = Proposal{Party::remote, streams};
  properties_.proposed_streams = properties_.proposed_streams.with(streams);
  step(Step::receive_proposal);
  if (ours) tell(RejectedStreamProposal{Party::local, "the peer proposed at the same time"});
  tell(GotStreamProposal{Party::remote, streams});
  proposal_limit_.start(std::chrono::seconds(*surroundings_.settings.sessions.proposal_timeout),
                        [this] { proposal_did_time_out(); });
}

void Session::accept_proposal(Streams streams) {
  if (properties_.state != State::proposed) refuse("AcceptProposal", "PROPOSED");
  if (streams.empty()) throw Error(Errc::invalid_argument, "AcceptProposal needs at least one of the proposed streams");
  if (!proposal_->streams.contains(streams))
    throw Error(Errc::invalid_argument, "AcceptProposal takes only streams that were proposed: see ProposedStreams");
  if (proposal_->under_way) throw Error(Errc::invalid_state, "the proposal is being accepted already");
  prepare(streams, &*negotiation_.remote_offer());
  proposal_->under_way = true;
  chat_.when_prepared([this, streams] { answer_offer(streams); });
}

void Session::reject_proposal() {
  if (properties_.state != State::proposed) refuse("RejectProposal", "PROPOSED");
  negotiation_.decline();
  settle_proposal({}, "Rejected by user");
  leg_->refuse_offer(not_acceptable_here, {});
  go_on();
}

// It is decided: with these streams, or none for that reason.
void Session::settle_proposal(Streams accepted, const std::string& rejection) {
  const Proposal proposal = *std::exchange(proposal_, std::nullopt);
  proposal_limit_.stop();
  if (accepted.empty()) discard(proposal.streams.without(negotiated()));
  properties_.proposed_streams = kept().with(accepted).without(properties_.streams);
  step(Step::settle);
  if (accepted.empty())
    tell(RejectedStreamProposal{proposal.proposer, rejection});
  else
    tell(AcceptedStreamProposal{proposal.proposer});
}

void Session::proposal_did_time_out() {
  const Proposal proposal = *proposal_;
  if (proposal.proposer == Party::remote) {
    negotiation_.decline();
    leg_->refuse_offer(not_acceptable_here, "nobody decided in time");
    settle_proposal({}, "nobody decided in time");
  } else {
    if (proposal.under_way) leg_->cancel_offer();
    retry_.stop();
    settle_proposal({}, "408 Request Timeout");
  }
  go_on();
}

// A stream could not even be prepared.
void Session::preparation_did_fail(const std::string& reason) {
  if (!proposal_) {
    if (leg_ && properties_.state == State::calling) leg_->cancel();
    if (leg_ && properties_.state == State::accepting) leg_->refuse(internal_error, reason);
    return fail(Party::local, 0, reason);
  }
  if (proposal_->proposer == Party::remote) {
    negotiation_.decline();
    leg_->refuse_offer(internal_error, reason);
  } else if (proposal_->under_way) {
    leg_->cancel_offer();
  }
  settle_proposal({}, reason);
  go_on();
}

void Session::stream_did_fail(Streams stream, const std::string& reason) {
  if (!after(properties_.state, Step::end)) return;
  if (!negotiated().contains(stream)) return preparation_did_fail(reason);
  tell(StreamDidFail{stream, reason});
  if (negotiated() == stream) {
    // Nothing is left of the session.
    if (properties_.state == State::calling)
      leg_->cancel();
    else
      leg_->bye();
    return fail(Party::local, 0, reason);
  }
  stop_stream(stream, reason);
  offer_again();
}

}  // namespace session
