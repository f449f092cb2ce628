// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/session/chat_offer.h"
#include "daemon/session/stream_owner.h"
#include "daemon/session/surroundings.h"

namespace account {
class Account;
}

namespace session {

// The chat of one session: its stream, with the properties and the notifications that tell of it. The session decides
// when; this knows in which order.
class ChatPart : private msrp::ChatStreamListener {
 public:
  ChatPart(Surroundings& surroundings, const account::Account& account, StreamOwner& owner);

  // Begins to be reachable on our address, or by the account's relay. `offered` is the peer's line, null when we offer.
  // Throws Error{chat_failure} with nothing changed.
  void prepare(const std::string& address, const sip::Medium* offered);
  // Calls when what the peer must know of us is known: at once, or when the relay has answered. Not when it fails
  // before.
  void when_prepared(std::function<void()> then);
  bool preparing() const { return stream_ && !line_; }
  // Prepared, and not started yet.
  bool waiting() const { return line_ && !active_; }
  // Whether prepare() with that address would change anything.
  bool is_prepared_for(const std::string& address) const { return stream_ && (behind_relay_ || address_ == address); }
  // Of a stream that is prepared.
  OurChat ours() const { return {*line_, active_}; }

  // Connects, or waits for the peer. Once; what is said again is looked at for nothing.
  void start(const ChatSettlement& settlement);
  bool started() const { return active_.has_value(); }
  // Whether the peer now speaks of another chat.
  bool is_another(const msrp::RemoteChat& remote) const;

  // Throws Error{no_such_stream, invalid_argument, invalid_uri, limit_reached}.
  std::string send(const OutgoingMessage& message);
  void set_composing(bool active, unsigned refresh);

  // Ends the stream, with the verdicts on what was not delivered. The connection stays until close(): by then the peer
  // has heard of it by SIP.
  void stop(const std::string& reason);
  void close() { closing_.reset(); }
  void reset();

  std::optional<msrp::ChatStatistics> statistics() const;

 private:
  void on_chat_event(const msrp::ChatStreamEvent& event) override;
  void on(const msrp::ChatPrepared& event);
  void on(const msrp::DidBind& event);
  void on(const msrp::GotMessage& event);
  void on(const msrp::GotComposing& event);
  void on(const msrp::Verdict& event);
  void on(const msrp::ChatFailed& event);
  std::optional<msrp::RelayAccess> relay(bool inbound) const;
  void require_chat() const;
  msrp::Letter letter_to_peer(Time time) const;

  Surroundings& surroundings_;
  const account::Account& account_;
  StreamOwner& owner_;
  std::unique_ptr<msrp::ChatStream> stream_;
  std::unique_ptr<msrp::ChatStream> closing_;  // ended, its connection stands until the peer knows
  std::optional<msrp::LocalChat> line_;
  std::optional<bool> active_;  // since it was started
  msrp::RemoteChat remote_;
  std::string address_;
  bool behind_relay_ = false;
  std::function<void()> prepared_;
};

}  // namespace session
