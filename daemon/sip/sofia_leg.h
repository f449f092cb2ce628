// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/loop.h"
#include "daemon/sip/digest_plugin.h"
#include "daemon/sip/leg.h"
#include "daemon/sip/path.h"
#include "daemon/sip/sofia.h"

namespace sip {

class Stack;

// One dialog over nua. The stack owns it, and it may live longer than the Leg that a session holds: a dialog whose leg
// is gone ends itself (CANCEL, BYE or 480) and leaves the stack when the peer has answered.
class SofiaLeg final : public HandleOwner {
 public:
  // Null: of a dialog that we begin.
  SofiaLeg(Stack& stack, Agent* agent, nua_handle_t* incoming);
  ~SofiaLeg() override;
  SofiaLeg(const SofiaLeg&) = delete;
  SofiaLeg& operator=(const SofiaLeg&) = delete;

  void invite(const Invitation& invitation);
  void acknowledge();
  void ring(const std::string& contact_user, std::shared_ptr<const Credentials> credentials);
  void accept(const std::string& description);
  void refuse(unsigned code, const std::string& warning);
  void reinvite(const std::string& offer);
  void answer(const std::string& description);
  void refuse_offer(unsigned code, const std::string& warning);
  void cancel_offer();
  void cancel();
  void bye();
  void abandon();

  void set_listener(LegListener* listener) { listener_ = listener; }
  const std::string& call_id() const { return call_id_; }
  bool creator_of_call_id() const { return caller_; }

  // Points here as long as this lives.
  const std::shared_ptr<SofiaLeg*>& life() const { return life_; }

  // What nua tells of this dialog.
  void on_event(nua_event_t event, int status, const char* phrase, const sip_t* sip) override;
  void on_tls_fault(const std::string& fault) override;
  // The INVITE that began it, of an incoming one.
  Invite describe(const sip_t* sip);

 private:
  // Where the dialog is. `inviting`: no provisional response yet, so that a CANCEL would not leave.
  enum class Phase { idle, inviting, proceeding, answered, ringing, accepted, confirmed, closing, closed };

  void on_invite_response(int status, const char* phrase, const sip_t* sip);
  void on_initial_response(int status, const char* phrase, const sip_t* sip);
  void on_refusal(int status, const char* phrase, const sip_t* sip);
  void on_offer(const sip_t* sip, bool update);
  void on_acknowledgement(const sip_t* sip);
  void on_end(int status, const char* phrase);
  void learn_timer(const sip_t* sip, bool we_asked);
  void learn_next_hop(const sip_record_route_t* first, const sip_contact_t* contact);
  void refresh();
  void respond_at_once(const sip_t* sip, bool update);
  void forget_request();
  void close();
  void tell(const LegEvent& event);

  Stack& stack_;
  const std::shared_ptr<SofiaLeg*> life_ = std::make_shared<SofiaLeg*>(this);
  LegListener* listener_ = nullptr;
  nua_handle_t* handle_ = nullptr;
  Path path_;
  std::unique_ptr<Signer> signer_;
  Route next_hop_;  // of our requests in the dialog
  base::Timer refresh_;
  Phase phase_ = Phase::idle;
  bool caller_ = false;
  bool secure_ = false;  // sips: no hop may be without TLS
  bool abandoned_ = false, cancel_wanted_ = false;
  unsigned reinvites_ = 0;          // without a final response yet
  bool refreshing_ = false;         // a re-INVITE of our own for the session timer is out
  bool offered_in_answer_ = false;  // our 2xx to a re-INVITE carried the offer
  bool peer_takes_update_ = false;
  bool request_saved_ = false;  // request_ holds a re-INVITE or UPDATE that we have not answered
  nua_saved_event_t request_[1] = {};
  std::string contact_;
  std::string description_;  // ours, as last sent
  std::string call_id_;
  std::string transport_;
  std::string local_address_;
};

// The Leg that a session holds of a dialog.
std::unique_ptr<Leg> hold(SofiaLeg& leg);

}  // namespace sip
