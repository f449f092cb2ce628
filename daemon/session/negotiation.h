// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/session/offer_answer.h"
#include "daemon/sip/sdp.h"

namespace session {

// The offers and answers of one session (RFC 3264): what both sides agreed last, and the offer of ours, or the one of
// the peer, that has no answer yet. It sends nothing and knows no time.
class Negotiation {
 public:
  // What is settled by an answer.
  struct Outcome {
    Settlement settlement;
    std::string fault;  // a sentence; then nothing has changed
  };

  // The text of an offer of ours. Before anything is agreed, it may be made anew.
  std::string offer(const LocalMedia& ours);
  // The peer has not said yet what it thinks of it.
  bool offering() const { return offer_.has_value(); }
  // It refused: what was agreed before holds.
  void withdraw() { offer_.reset(); }
  // What the peer answers by a provisional response: it may say it again, and does not have to. `hold`: we hold by now.
  Outcome preview(const std::optional<std::string>& answer, bool hold);
  // What it answers in the end; nothing: what it said before.
  Outcome conclude(const std::optional<std::string>& answer, bool hold);

  // The peer's offer, which waits for accept() or decline().
  void receive(sip::Description offer) { remote_offer_ = std::move(offer); }
  const std::optional<sip::Description>& remote_offer() const { return remote_offer_; }
  // Our answer to it; to_text() of its description is to be sent.
  Answer accept(const LocalMedia& ours);
  void decline() { remote_offer_.reset(); }
  // Why it cannot be taken at all, or "".
  std::string fault_of(const sip::Description& offer, Streams running) const;

  // Whether the peer knows of our hold.
  bool agreed_hold() const { return agreed_hold_; }
  // Whether the peer takes no other streams to run than these, and knows whether we hold.
  bool covers(Streams running, bool hold) const;
  // What was agreed last, if anything; for when we take our hold back or keep it.
  Settlement agreed(bool hold) const { return local_ && remote_ ? read_answer(*local_, *remote_, hold) : Settlement{}; }

 private:
  Outcome read(const std::optional<std::string>& answer, bool hold, bool final);

  const std::uint64_t id_ = new_description_id();
  std::uint64_t version_ = 0;               // of what we sent last
  std::optional<sip::Description> local_;   // ours, as agreed
  std::optional<sip::Description> remote_;  // the peer's
  std::optional<sip::Description> offer_;   // ours
  std::optional<sip::Description> preview_;
  std::optional<sip::Description> remote_offer_;
  bool offered_hold_ = false;
  bool agreed_hold_ = false;
};

}  // namespace session
