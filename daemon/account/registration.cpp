// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/account/registration.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "daemon/sip/uri.h"

namespace account {
namespace {

using namespace std::chrono_literals;

constexpr Moment attempt_limit = 30s;  // for all routes together
constexpr Moment lookup_limit = 10s;   // the resolver promises less
constexpr Moment least_patience = 1s;  // with one route
constexpr Moment most_patience = 10s;
constexpr Moment removal_limit = 2s;
constexpr unsigned usual_interval = 3600;  // where neither side names one
constexpr unsigned longest_interval = 86400;
constexpr unsigned longest_retry_after = 3600;
constexpr double longest_back_off = 30;  // seconds, and up to twice that with its jitter
constexpr Moment steady_flow = 120s;     // RFC 5626, 4.5: one that lasted so long did not fail
constexpr unsigned first_flow_delay = 60;
constexpr unsigned longest_flow_delay = 1800;  // seconds, RFC 5626, 4.5

// The server knows us and says no: another server of the same domain would say the same, and soon would be too soon.
bool is_verdict(unsigned code) {
  return code == 401 || code == 407 || code == 403 || code == 404 || code == 410 || code == 603 || code == 604;
}

Moment seconds(double count) { return Moment(static_cast<Moment::rep>(count * 1000)); }

// Half of what was granted, so that one refresh may fail; a little earlier by chance, so that those of many accounts
// spread. A registrar that grants next to nothing does not make us hammer it.
Moment refresh_delay(unsigned expires, double chance) {
  if (expires < 10) return 10s;
  return std::max<Moment>(5s, seconds(expires * (0.5 - 0.05 * chance)));
}

// A registrar behind a NAT may show our contact with the address that it saw: the user part is ours alone.
bool is_same_contact(const std::string& ours, const std::string& theirs) {
  const auto a = sip::uri_from_text(ours);
  const auto b = sip::uri_from_text(theirs);
  return a && b && a->user == b->user && (!a->user.empty() || (a->host == b->host && a->port == b->port));
}

const sip::RegisteredContact* own_contact(const std::string& ours, const std::vector<sip::RegisteredContact>& all) {
  const auto exact = std::find_if(
      all.begin(), all.end(), [&](const auto& one) { return sip::uri_from_text(one.uri) == sip::uri_from_text(ours); });
  if (exact != all.end()) return &*exact;
  const auto same =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return is_same_contact(ours, one.uri); });
  return same == all.end() ? nullptr : &*same;
}

}  // namespace

std::string_view to_text(RegistrationState state) {
  switch (state) {
    case RegistrationState::none: return "none";
    case RegistrationState::registering: return "registering";
    case RegistrationState::registered: return "registered";
    case RegistrationState::failed: return "failed";
  }
  return {};
}

RegistrationAttempt Registration::attempt(const std::string& cause) const {
  return {request_.route, request_.contact, 0, cause};
}

void Registration::start(Moment now) {
  if (phase_ == Phase::removing) {
    start_wanted_ = true;
    return;
  }
  back_off_ = 0;
  outbound_refused_ = false;
  begin(now);
}

void Registration::begin(Moment now) {
  owner_.give_up();
  attempt_end_ = now + attempt_limit;
  redirected_ = interval_raised_ = false;
  request_ = {};
  // While the binding lives, its refresh is nothing to tell.
  if (!binding_ || status_.state != RegistrationState::registered) status_.state = RegistrationState::registering;
  // Refreshes are spread by their times, and must not come too late.
  if (binding_ || owner_.take_turn()) return look_up({}, now);
  phase_ = Phase::queued;
  timer_.reset();
  status_.next_try.reset();
  status_.reason = "waits until other accounts have asked the same server";
  owner_.tell(RegistrationDidChange{});
}

void Registration::go_on(Moment now) {
  if (phase_ != Phase::queued) return;
  status_.reason.clear();
  begin(now);
}

void Registration::look_up(const std::string& redirection, Moment now) {
  phase_ = Phase::looking_up;
  timer_ = now + lookup_limit;
  status_.next_try.reset();
  routes_.clear();
  request_.registrar = redirection;
  owner_.look_up(redirection);
  owner_.tell(RegistrationDidChange{});
}

void Registration::found(const sip::Found& found, Moment now) {
  if (phase_ != Phase::looking_up) return;
  request_.route = {};
  if (!found.fault.empty() || found.routes.empty()) return fail(0, "DNS lookup failed: " + found.fault, 0, now);
  routes_.assign(found.routes.begin(), found.routes.end());
  try_next(now);
}

void Registration::try_next(Moment now) {
  request_.route = routes_.front();
  routes_.pop_front();
  request_.contact = owner_.contact(request_.route);
  if (request_.contact.empty()) return fail(0, "we do not listen on " + request_.route.transport, 0, now);
  send(now);
}

void Registration::send(Moment now) {
  phase_ = Phase::sending;
  timer_ = now + std::clamp(attempt_end_ - now + 250ms, least_patience, most_patience);
  const unsigned interval = std::max(owner_.interval(), least_interval_);
  request_.expires = interval == 0 ? std::nullopt : std::optional(interval);
  request_.outbound = owner_.outbound() && !outbound_refused_;
  // RFC 5626, 6: by the instance the registrar knows by itself which one is replaced.
  const auto& former = binding_ ? binding_ : left_;
  const bool replaced = former && former->until > now && former->contact != request_.contact;
  request_.former_contact = replaced && !(request_.outbound && outbound_) ? former->contact : "";
  if (!binding_) status_.route = request_.route;
  owner_.send(request_);
  owner_.tell(RegistrationDidChange{});
}

void Registration::answered(const sip::RegisterAnswer& answer, Moment now) {
  if (phase_ == Phase::removing) return finish(answer.code, answer.reason, now);
  if (phase_ != Phase::sending) return;
  least_interval_ = std::max(least_interval_, std::min(answer.min_expires, longest_interval));
  if (answer.code / 100 == 2) return succeed(answer, now);
  if (answer.code / 100 == 3 && follow(answer, now)) return;
  // RFC 3261, 10.3: the same once more with what the registrar wants, if it wants more.
  if (answer.code == 423 && least_interval_ > request_.expires.value_or(0) && !std::exchange(interval_raised_, true))
    return send(now);
  // RFC 5626, 11.6 (First Hop Lacks Outbound Support): the same without it.
  if (answer.code == 439 && request_.outbound) {
    outbound_refused_ = true;
    return send(now);
  }
  fail(answer.code, answer.reason, answer.retry_after, now);
}

// RFC 3261, 8.1.3.4: once in an attempt, or else two servers could send us round.
bool Registration::follow(const sip::RegisterAnswer& answer, Moment now) {
  for (const sip::RegisteredContact& contact : answer.contacts) {
    const auto uri = sip::uri_from_text(contact.uri);
    if (!uri || std::exchange(redirected_, true)) continue;
    look_up(uri->to_text(), now);
    return true;
  }
  return false;
}

void Registration::succeed(const sip::RegisterAnswer& answer, Moment now) {
  const sip::RegisteredContact* const own = own_contact(request_.contact, answer.contacts);
  // RFC 3261, 10.2.4: what the contact itself says comes first.
  const unsigned granted =
      std::min(own && own->expires ? *own->expires : answer.expires.value_or(request_.expires.value_or(usual_interval)),
               longest_interval);
  if (!own || granted == 0) {
    if (binding_) expire();
    return fail(answer.code, "the registrar did not keep our contact", 0, now);
  }
  binding_ = {request_.route, request_.contact, granted, now + std::chrono::seconds(granted)};
  left_.reset();
  back_off_ = 0;
  outbound_ = answer.outbound;
  if (!flow_since_) flow_since_ = now;
  routes_.clear();
  phase_ = Phase::waiting;
  timer_ = now + refresh_delay(granted, owner_.random());
  status_ = {RegistrationState::registered, answer.code, answer.reason, binding_->route, binding_->until, timer_, {}};
  for (const sip::RegisteredContact& contact : answer.contacts) status_.contacts.push_back(contact.uri);
  RegistrationAttempt done = attempt({});
  done.expires = granted;
  owner_.tell(RegistrationDidSucceed{answer.code, answer.reason, status_.contacts, done});
}

Moment Registration::next_delay(unsigned code, unsigned retry_after) {
  if (is_verdict(code)) return seconds(60 + 60 * owner_.random());
  back_off_ = std::clamp(back_off_ * 2, 1.0, longest_back_off);
  const Moment delay = seconds(back_off_ * (1 + owner_.random()));
  return std::max<Moment>(delay, std::chrono::seconds(std::min(retry_after, longest_retry_after)));
}

void Registration::fail(unsigned code, const std::string& reason, unsigned retry_after, Moment now) {
  owner_.give_up();
  status_.code = code;
  status_.reason = reason;
  const std::string cause = code == 0 ? "no response" : is_verdict(code) ? "refused" : "failed";
  if (!is_verdict(code) && !routes_.empty() && now < attempt_end_) {
    owner_.tell(RegistrationDidFail{code, reason, attempt(cause), routes_.front(), 0ms});
    return try_next(now);
  }
  const Moment delay = next_delay(code, retry_after);
  phase_ = Phase::waiting;
  timer_ = now + delay;
  status_.state = RegistrationState::failed;
  status_.next_try = timer_;
  if (!binding_) status_.route = {};
  owner_.tell(RegistrationDidFail{code, reason, attempt(cause), {}, delay});
}

// The table of RFC 5626, 4.5: at once, then after 30 to 60 s, and each time after twice as long.
void Registration::flow_lost(const std::string& reason, Moment now) {
  if (phase_ != Phase::waiting || !binding_) return;
  const bool steady = !flow_since_ || now - *flow_since_ >= steady_flow;
  flow_since_.reset();
  flows_lost_ = steady ? 1 : std::min(flows_lost_ + 1, 10u);
  status_.reason = reason;
  if (flows_lost_ == 1) return begin(now);
  const unsigned longest = std::min(first_flow_delay << (flows_lost_ - 2), longest_flow_delay);
  timer_ = std::min(*timer_, now + seconds(longest * (0.5 + 0.5 * owner_.random())));
  status_.next_try = timer_;
  owner_.tell(RegistrationDidChange{});
}

void Registration::wait(const std::string& reason) {
  if (phase_ == Phase::removing) {
    start_wanted_ = false;
    return;
  }
  owner_.give_up();
  phase_ = Phase::held;
  timer_.reset();
  status_.state = binding_ ? RegistrationState::registered : RegistrationState::registering;
  status_.code = 0;
  status_.reason = reason;
  status_.next_try.reset();
  owner_.tell(RegistrationDidChange{});
}

void Registration::stop(Moment now) {
  start_wanted_ = false;
  if (phase_ == Phase::idle || phase_ == Phase::removing) return;
  // A request that has no answer yet may make a binding: it is taken back too.
  const bool perhaps = phase_ == Phase::sending;
  owner_.give_up();
  if (binding_ || perhaps) return take_back(now);
  finish(0, {}, now);
}

void Registration::take_back(Moment now) {
  phase_ = Phase::removing;
  timer_ = now + removal_limit;
  if (binding_) {
    request_.route = binding_->route;
    request_.contact = binding_->contact;
  }
  request_.expires = 0;
  request_.former_contact.clear();
  status_.next_try.reset();
  owner_.send(request_);
  owner_.tell(RegistrationDidChange{});
}

void Registration::finish(unsigned code, const std::string& reason, Moment now) {
  owner_.give_up();
  const bool was_registered = binding_.has_value();
  phase_ = Phase::idle;
  timer_.reset();
  if (code / 100 != 2 && binding_) left_ = binding_;
  binding_.reset();
  status_ = {};
  status_.code = code;
  status_.reason = reason;
  if (was_registered) {
    const std::string cause = code / 100 == 2 ? "removed" : "removed without consent";
    owner_.tell(RegistrationDidEnd{code, code == 0 ? "" : reason, attempt(cause)});
  } else {
    owner_.tell(RegistrationDidChange{});
  }
  if (std::exchange(start_wanted_, false)) start(now);
}

// The binding is gone, and no refresh came through. What is under way goes on.
void Registration::expire() {
  RegistrationAttempt gone{binding_->route, binding_->contact, binding_->expires, "expired"};
  binding_.reset();
  status_.expires.reset();
  status_.contacts.clear();
  if (phase_ != Phase::sending) status_.route = {};
  if (status_.state == RegistrationState::registered) status_.state = RegistrationState::registering;
  owner_.tell(RegistrationDidEnd{0, {}, gone});
}

void Registration::on_time(Moment now) {
  if (binding_ && now >= binding_->until && phase_ != Phase::removing) expire();
  if (!timer_ || now < *timer_) return;
  switch (phase_) {
    case Phase::looking_up: return found({{}, "no answer came"}, now);
    case Phase::sending: return fail(0, "no response came", 0, now);
    case Phase::waiting: return begin(now);
    case Phase::removing: return finish(0, {}, now);
    case Phase::idle:
    case Phase::held:
    case Phase::queued: return;
  }
}

std::optional<Moment> Registration::deadline() const {
  if (!binding_ || phase_ == Phase::removing) return timer_;
  return timer_ ? std::min(*timer_, binding_->until) : binding_->until;
}

}  // namespace account
