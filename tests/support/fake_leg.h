// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/sip/leg.h"

// What happened on one leg. It outlives the leg, as a dialog outlives the Leg that a session holds.
struct FakeDialog {
  std::vector<std::string> calls;  // the verbs in their order: "invite", "refuse 486"
  sip::Invitation invitation;
  std::string contact_user;
  std::shared_ptr<const sip::Credentials> credentials;
  std::string description;  // the last of ours
  std::string warning;
  sip::LegListener* listener = nullptr;
  bool held = true;     // a session holds the leg
  bool creator = true;  // of the Call-ID

  // What the peer does. A dialog whose leg was dropped tells nobody.
  void tell(const sip::LegEvent& event) {
    if (listener) listener->on_leg_event(event);
  }
  const std::string& last_call() const { return calls.back(); }
};

class FakeLeg : public sip::Leg {
 public:
  explicit FakeLeg(std::shared_ptr<FakeDialog> dialog) : dialog_(std::move(dialog)) {}
  ~FakeLeg() override {
    dialog_->held = false;
    dialog_->listener = nullptr;
    dialog_->calls.emplace_back("drop");
  }

  void invite(const sip::Invitation& invitation) override {
    dialog_->invitation = invitation;
    called("invite", invitation.offer);
  }
  void acknowledge() override { called("acknowledge"); }
  void ring(const std::string& contact_user, std::shared_ptr<const sip::Credentials> credentials) override {
    dialog_->contact_user = contact_user;
    dialog_->credentials = std::move(credentials);
    called("ring");
  }
  void accept(const std::string& description) override { called("accept", description); }
  void refuse(unsigned code, const std::string& warning) override {
    dialog_->warning = warning;
    called("refuse " + std::to_string(code));
  }
  void reinvite(const std::string& offer) override { called("reinvite", offer); }
  void answer(const std::string& description) override { called("answer", description); }
  void refuse_offer(unsigned code, const std::string& warning) override {
    dialog_->warning = warning;
    called("refuse_offer " + std::to_string(code));
  }
  void cancel_offer() override { called("cancel_offer"); }
  void cancel() override { called("cancel"); }
  void bye() override { called("bye"); }
  void set_listener(sip::LegListener& listener) override { dialog_->listener = &listener; }
  std::string call_id() const override { return "call-id"; }
  bool creator_of_call_id() const override { return dialog_->creator; }

 private:
  void called(const std::string& verb, const std::string& description = {}) {
    dialog_->calls.push_back(verb);
    if (!description.empty()) dialog_->description = description;
  }

  std::shared_ptr<FakeDialog> dialog_;
};

class FakeLegFactory : public sip::LegFactory {
 public:
  std::unique_ptr<sip::Leg> create_leg() override {
    dialogs.push_back(std::make_shared<FakeDialog>());
    return std::make_unique<FakeLeg>(dialogs.back());
  }
  std::string local_address(const std::string&) const override { return address; }
  bool listens_on(const std::string& transport) const override { return transports.contains(transport); }

  std::vector<std::shared_ptr<FakeDialog>> dialogs;  // the oldest first
  std::set<std::string> transports{"udp", "tcp"};
  std::string address = "192.0.2.1";
};
