// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "daemon/sip/credentials.h"
#include "daemon/sip/route.h"

// One INVITE dialog as a session sees it: requests go down as verbs, what the peer does rises as events.
// Descriptions (SDP) are text that no one has checked.
namespace sip {

struct Provisional {  // 100 to 199 to our INVITE
  unsigned code;
  std::optional<std::string> description;
  std::string user_agent;
};
struct Moved {};   // our INVITE was too big for a packet, and went over TCP (RFC 3261, 18.1.1); told before its answer
struct Answered {  // 2xx to our INVITE; the leg waits for acknowledge()
  std::optional<std::string> description;
  std::string user_agent;
};
struct Refused {  // a final answer of 300 or more to our INVITE; local: made here, no response came
  unsigned code;
  std::string reason;  // with the text of a Warning, if there is one
  bool local;
  std::string user_agent;
};
struct Confirmed {  // the ACK to our 2xx; with a description when our 2xx carried the offer
  std::optional<std::string> description;
};
struct Unconfirmed {};                     // no ACK came in 64*T1 (RFC 3261, 13.3.1.4); BYE was sent
struct Cancelled {};                       // the peer took its INVITE back
struct Reoffered {                         // re-INVITE or UPDATE; the leg waits for answer() or refuse_offer()
  std::optional<std::string> description;  // nothing: we must offer
  bool at_once = false;                    // UPDATE: nobody can be asked before it is answered (RFC 3311, 5.2)
};
struct ReofferCancelled {};  // the peer took its re-INVITE back; it was answered with 487
struct OfferAcknowledged {   // the ACK to the 2xx of a re-INVITE without offer, with the peer's answer to ours
  std::optional<std::string> description;
};
struct Reanswered {  // the final answer to our re-INVITE; a 2xx is acknowledged already
  unsigned code;
  std::string reason;
  std::optional<std::string> description;
};
struct Ended {  // the dialog is over and not by us: BYE (code 0), or a fault of its own (408 when it expired, 481)
  unsigned code;
  std::string reason;
};
struct Closed {};  // what bye(), cancel() or refuse() began is done
using LegEvent = std::variant<Provisional, Moved, Answered, Refused, Confirmed, Unconfirmed, Cancelled, Reoffered,
                              ReofferCancelled, OfferAcknowledged, Reanswered, Ended, Closed>;

class LegListener {
 public:
  virtual ~LegListener() = default;
  virtual void on_leg_event(const LegEvent& event) = 0;
};

// What an outgoing call needs to leave. Display names are any text; URIs are checked ones.
struct Invitation {
  std::string target;        // the Request-URI and To
  std::string local_uri;     // From
  std::string display_name;  // of From; may be empty
  std::string contact_user;
  std::string local_address;  // numeric, for Contact
  Route route;
  std::string offer;
  std::shared_ptr<const Credentials> credentials = {};  // for challenges; null: none are answered
};

class Leg {
 public:
  virtual ~Leg() = default;

  // Once, or again with the next route after Refused.
  virtual void invite(const Invitation& invitation) = 0;
  virtual void acknowledge() = 0;

  // Answers to the peer's INVITE; the contact is our user part for the whole dialog, the credentials are for challenges
  // to our requests in it.
  virtual void ring(const std::string& contact_user, std::shared_ptr<const Credentials> credentials) = 0;
  virtual void accept(const std::string& description) = 0;
  virtual void refuse(unsigned code, const std::string& warning) = 0;

  // In the dialog. The description is kept: a refresh of ours repeats it.
  virtual void reinvite(const std::string& offer) = 0;
  virtual void answer(const std::string& description) = 0;
  virtual void refuse_offer(unsigned code, const std::string& warning) = 0;
  // Takes our re-INVITE back: its answer still comes, 487 or another one that crossed.
  virtual void cancel_offer() = 0;

  virtual void cancel() = 0;
  virtual void bye() = 0;

  virtual void set_listener(LegListener& listener) = 0;
  virtual std::string call_id() const = 0;
  virtual bool creator_of_call_id() const = 0;  // RFC 3261, 14.1: who waits longer after 491
};

class LegFactory {
 public:
  virtual ~LegFactory() = default;
  virtual std::unique_ptr<Leg> create_leg() = 0;
  // The numeric address of ours that the peer sees.
  virtual std::string local_address(const std::string& peer) const = 0;
  virtual bool listens_on(const std::string& transport) const = 0;
};

// An INVITE that came, as far as it decides whose it is.
struct Invite {
  std::string request_user;  // unescaped
  std::string request_host;
  std::string local_uri;   // To
  std::string remote_uri;  // From
  std::string remote_display_name;
  std::string user_agent;
  std::string source_address;  // numeric
  std::string local_address;   // numeric, towards the source
  std::optional<std::string> description;
};

class InviteListener {
 public:
  virtual ~InviteListener() = default;
  // A new call. Whoever takes it over rings or refuses it; a leg that is dropped refuses itself.
  virtual void on_invite(std::unique_ptr<Leg> leg, const Invite& invite) = 0;
};

}  // namespace sip
