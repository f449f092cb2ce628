// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/relay_login.h"

#include <algorithm>

#include "base/text.h"
#include "msrp/text.h"

namespace msrp {
namespace {

// A login is good for this long if the relay does not say (RFC 4976, 5.1, leaves it open).
constexpr std::uint32_t usual_duration = 900;
constexpr std::uint32_t shortest_duration = 10, longest_duration = 86400;

// The parameters of "Digest a="b, c", d=e"; nothing if it is another scheme.
std::vector<std::string_view> digest_parameters(std::string_view value) {
  constexpr std::string_view scheme = "Digest ";
  std::vector<std::string_view> parameters;
  if (!base::equals_ignoring_case(value.substr(0, scheme.size()), scheme)) return parameters;
  value.remove_prefix(scheme.size());
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= value.size(); ++i) {
    if (i < value.size() && value[i] == '"') quoted = !quoted;
    if (quoted && i < value.size() && value[i] == '\\') ++i;
    if (i < value.size() && (quoted || value[i] != ',')) continue;
    parameters.push_back(trim(value.substr(begin, std::min(i, value.size()) - begin)));
    begin = i + 1;
  }
  return parameters;
}

// Renewed when three quarters are over: early enough for a second try.
Duration until_renewal(std::uint32_t seconds) {
  return std::chrono::milliseconds(std::uint64_t{std::clamp(seconds, shortest_duration, longest_duration)} * 750);
}

}  // namespace

Request RelayLogin::begin(Time now) {
  rounds_ = 0;
  return request(now);
}

Request RelayLogin::request(Time now) {
  ++rounds_;
  Request request{choose_transaction({}, random_), "AUTH", {}};
  request.headers.to_path = {options_.relay};
  request.headers.from_path = {options_.local};
  if (answers_.has_challenge()) {
    // RFC 4976, 9.1: the URI of the digest is that of To-Path.
    const std::string uri = options_.relay.to_text();
    std::string nonce = choose_id(random_);
    nonce += choose_id(random_);
    const std::string answer = answers_.answer({options_.user, options_.password}, {"AUTH", uri}, nonce);
    request.headers.others.push_back({"Authorization", "Digest " + answer});
  }
  if (duration_) request.headers.others.push_back({"Expires", std::to_string(*duration_)});
  transaction_ = request.transaction;
  deadline_ = now + transaction_time;
  return request;
}

RelayLogin::Step RelayLogin::take(const Response& response, Time now) {
  if (transaction_.empty() || response.transaction != transaction_) return {};
  transaction_.clear();
  deadline_.reset();
  if (response.code / 100 == 2) return take_grant(response, now);
  if (rounds_ >= most_rounds) return refuse(response.code, "the relay asks without end");
  if (response.code == 401) return take_challenge(response, now);
  if (response.code == 423) return take_bounds(response, now);
  return refuse(response.code, response.comment);
}

RelayLogin::Step RelayLogin::take_challenge(const Response& response, Time now) {
  bool good = false;
  for (const Header& header : response.headers.others) {
    if (!base::equals_ignoring_case(header.name, "WWW-Authenticate")) continue;
    const auto challenge = base::DigestChallenge::from_parameters(digest_parameters(header.value));
    good = (challenge && answers_.take(*challenge)) || good;
  }
  if (!good) return refuse(response.code, "the relay does not take our name and password");
  return request(now);
}

RelayLogin::Step RelayLogin::take_grant(const Response& response, Time now) {
  auto path = use_path(response.headers);
  if (!path) return refuse(response.code, "the relay grants no path");
  rounds_ = 0;
  deadline_ = now + until_renewal(seconds_in(response.headers, "Expires").value_or(usual_duration));
  return Granted{std::move(*path)};
}

// RFC 4976, 5.1: 423 says which durations the relay would grant.
RelayLogin::Step RelayLogin::take_bounds(const Response& response, Time now) {
  const auto least = seconds_in(response.headers, "Min-Expires"), most = seconds_in(response.headers, "Max-Expires");
  if (!least && !most) return refuse(response.code, response.comment);
  duration_ = least ? std::max(*least, std::min(usual_duration, most.value_or(usual_duration))) : *most;
  return request(now);
}

RelayLogin::Step RelayLogin::expire(Time now) {
  if (!deadline_ || *deadline_ > now) return {};
  if (!transaction_.empty()) return refuse(408, "the relay does not answer");
  return begin(now);
}

RelayLogin::Refused RelayLogin::refuse(unsigned code, std::string reason) {
  transaction_.clear();
  deadline_.reset();
  return {code, std::move(reason)};
}

}  // namespace msrp
