// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <deque>

#include "daemon/account/registration_events.h"

namespace account {

// When an account registers, where next, and how long to wait: without a timer, a socket or a clock. Its owner calls
// on_time() at the deadline, and does what it is asked to.
class Registration {
 public:
  explicit Registration(RegistrationOwner& owner) : owner_(owner) {}

  // Registers now, whatever was under way or waited for: at the beginning, and whenever something changed.
  void start(Moment now);
  // Takes the binding back. Failures are not told any more; that it ended is.
  void stop(Moment now);
  // Nothing can be done yet, for this reason; start() ends it.
  void wait(const std::string& reason);

  // The turn that was asked for has come.
  void go_on(Moment now);
  void found(const sip::Found& found, Moment now);
  void answered(const sip::RegisterAnswer& answer, Moment now);
  void on_time(Moment now);
  // What the binding was made over is gone: it is made anew, at once unless that happens again and again.
  void flow_lost(const std::string& reason, Moment now);

  std::optional<Moment> deadline() const;
  const RegistrationStatus& status() const { return status_; }
  // Neither registered nor about to be.
  bool idle() const { return phase_ == Phase::idle; }
  bool ending() const { return phase_ == Phase::removing; }
  // It is asking, or waits for its turn to ask.
  bool asking() const { return phase_ == Phase::queued || phase_ == Phase::looking_up || phase_ == Phase::sending; }

 private:
  enum class Phase { idle, held, queued, looking_up, sending, waiting, removing };

  struct Binding {  // as the registrar has it
    sip::Route route;
    std::string contact;
    unsigned expires;
    Moment until;
  };

  void begin(Moment now);
  void look_up(const std::string& redirection, Moment now);
  void try_next(Moment now);
  void send(Moment now);
  void succeed(const sip::RegisterAnswer& answer, Moment now);
  void fail(unsigned code, const std::string& reason, unsigned retry_after, Moment now);
  bool follow(const sip::RegisterAnswer& answer, Moment now);
  void take_back(Moment now);
  void finish(unsigned code, const std::string& reason, Moment now);
  void expire();
  Moment next_delay(unsigned code, unsigned retry_after);
  RegistrationAttempt attempt(const std::string& cause) const;

  RegistrationOwner& owner_;
  RegistrationStatus status_;
  Phase phase_ = Phase::idle;
  std::optional<Binding> binding_;
  std::optional<Binding> left_;    // could not be taken back: the registrar may have it still
  std::optional<Moment> timer_;    // of the phase
  Moment attempt_end_{};           // no further route is tried after it
  std::deque<sip::Route> routes_;  // those not tried yet
  sip::Register request_;          // the one sent last
  unsigned least_interval_ = 0;    // as a 423 wants it
  bool interval_raised_ = false;   // in this attempt
  bool redirected_ = false;        // in this attempt
  bool start_wanted_ = false;      // when the removal is over
  double back_off_ = 0;            // seconds
  bool outbound_refused_ = false;  // with 439
  bool outbound_ = false;          // the registrar does it
  unsigned flows_lost_ = 0;        // one soon after the other
  std::optional<Moment> flow_since_;
};

}  // namespace account
