// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/loop.h"
#include "daemon/session/audio_part.h"
#include "daemon/session/chat_part.h"
#include "daemon/session/negotiation.h"
#include "daemon/session/properties.h"
#include "daemon/session/route_walk.h"
#include "daemon/session/surroundings.h"

namespace account {
class Account;
}

namespace session {

class Session;

class SessionListener {
 public:
  virtual ~SessionListener() = default;
  virtual void on_session_event(Session& session, const Event& event) = 0;  // the properties are those after it
};

// The Session of the API: one call with its streams. Its manager owns it; it never removes itself. Each verb checks
// everything first and throws base::Error, with nothing changed, when it is refused.
class Session : private sip::LegListener, private StreamOwner, private RouteWalkOwner {
 public:
  // A new session, in state NULL.
  Session(std::uint64_t number, Surroundings& surroundings, const account::Account& account, SessionListener& listener);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // An incoming call, from the manager: the session is INCOMING after it, and says so with announce().
  void receive(std::unique_ptr<sip::Leg> leg, const sip::Invite& invite, std::optional<sip::Description> offer);
  void announce();

  void connect(const std::string& callee_uri, const std::vector<sip::Route>& routes, Streams streams);
  void accept(Streams streams);
  void reject(bool is_busy);
  void hold();
  void unhold();
  void start_recording_audio(const std::string& file_name);
  void stop_recording_audio();
  void send_dtmf(const std::string& digit);
  void end(bool is_busy);
  // The daemon goes: the same as end(), but nobody has declined. Legal in the same states.
  void leave();
  void lose(const std::string& reason);  // the dialog cannot go on: ends it, whatever state it is in
  void set_muted(bool muted);
  // Returns the id of the one verdict that comes as DidDeliverMessage or DidNotDeliverMessage.
  std::string send_message(const OutgoingMessage& message);
  // We write, or write no more; the peer may believe it for so many seconds, 0: as long as it likes (RFC 3994).
  void set_composing(bool active, unsigned refresh);
  void add_stream(Streams stream);
  void remove_stream(Streams stream);
  void accept_proposal(Streams streams);
  void reject_proposal();

  std::uint64_t number() const { return number_; }
  const account::Account& account() const { return account_; }
  const Properties& properties() const { return properties_; }
  State state() const { return properties_.state; }
  const std::string& local_address() const { return local_address_; }  // of its media; empty before it has any
  std::string call_id() const { return leg_ ? leg_->call_id() : ""; }
  // The diagnostics of the streams as they are now; nothing without the stream.
  std::optional<media::AudioStatistics> audio_statistics() const;
  std::optional<media::AudioParameters> audio_parameters() const;
  std::optional<msrp::ChatStatistics> chat_statistics() const;

 private:
  void on_leg_event(const sip::LegEvent& event) override;
  void on(const sip::Provisional& event);
  void on(const sip::Moved& event);
  void on(const sip::Answered& event);
  void on(const sip::Refused& event);
  void on(const sip::Confirmed& event);
  void on(const sip::Unconfirmed& event);
  void on(const sip::Cancelled& event);
  void on(const sip::Reoffered& event);
  void on(const sip::ReofferCancelled& event);
  void on(const sip::OfferAcknowledged& event);
  void on(const sip::Reanswered& event);
  void on(const sip::Ended& event);
  void on(const sip::Closed& event);
  void tell(const Event& event) override;
  void stream_did_fail(Streams stream, const std::string& reason) override;
  Properties& owned_properties() override { return properties_; }
  void try_route(const sip::Route& route) override;
  void routes_did_fail(unsigned code, const std::string& reason) override;

  void step(Step step);
  void require(Step step, const char* verb) const;
  void require_established(const char* verb) const;
  [[noreturn]] void refuse(const char* verb, const std::string& allowed) const;
  void end_with(const EndReason& refusal);
  std::string rtp_address(const std::string& local_address) const;
  std::vector<std::string> codecs() const;

  // The streams: what both sides agreed on, and what we say of it.
  Streams negotiated() const { return {audio_.negotiated(), chat_.started()}; }
  Streams kept() const;
  LocalMedia ours(Streams streams) const;
  void prepare(Streams streams, const sip::Description* offer);
  void discard(Streams streams);
  void apply(const Settlement& settlement, Streams wanted);
  void start_audio(const media::AudioParameters& parameters, bool held_by_remote);
  void start_chat(const ChatSettlement& settlement);
  void stop_stream(Streams stream, const std::string& reason);
  void confirm(const Negotiation::Outcome& outcome);
  void take_answer(const std::optional<std::string>& answer);
  std::string fault_of(const sip::Description& offer) const;
  void answer_call(Streams streams);
  void answer_offer(Streams streams);
  bool renew_chat(const sip::Description* offer);
  void take_hold_back();
  void hold_by_remote(bool held);
  void offer_again();
  void offer_later();
  void go_on();
  void start_established();

  // Proposals (behaviour 1.4).
  void preparation_did_fail(const std::string& reason);
  void settle_proposal(Streams accepted, const std::string& rejection);
  void receive_proposal(Streams streams);
  void proposal_did_time_out();

  void fail(Party originator, unsigned code, const std::string& reason);
  void finish(Party originator, unsigned code, const std::string& reason, bool failed);

  const std::uint64_t number_;
  Surroundings& surroundings_;
  const account::Account& account_;
  SessionListener& listener_;
  Properties properties_;
  AudioPart audio_;
  ChatPart chat_;
  std::unique_ptr<sip::Leg> leg_;
  RouteWalk routes_;
  Negotiation negotiation_;
  std::string local_address_;  // of our media
  bool offer_due_ = false;     // another offer follows the one that is out
  bool retried_ = false;       // after a 491
  unsigned reminders_ = 0;     // of what the peer refused to hear
  struct Proposal {
    Party proposer;
    Streams streams;
    bool under_way = false;  // ours: it is in the offer that is out; the peer's: it is being accepted
  };
  std::optional<Proposal> proposal_;  // while the state is PROPOSING or PROPOSED
  base::Timer proposal_limit_;
  base::Timer retry_;    // after a 491
  base::Timer closing_;  // the peer's answer to BYE, CANCEL or a refusal
};

}  // namespace session
