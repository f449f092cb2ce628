// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/digest.h"
#include "msrp/chat_values.h"
#include "msrp/writer.h"

namespace msrp {

// The login at a relay, and its renewal before it expires (RFC 4976, 5). Pure, as the chat: requests and the time at
// which it wants to be called come out, answers and the time go in.
class RelayLogin {
 public:
  static constexpr unsigned most_rounds = 5;  // requests for one login: a challenge, a stale nonce, another duration

  struct Options {
    Uri relay;  // whom To-Path names: the domain of the account, or the relay
    Uri local;  // the own URI
    std::string user;
    std::string password;
  };

  struct Granted {
    Path use_path;  // from us on: put before the own URI in a=path
  };
  struct Refused {
    unsigned code = 0;
    std::string reason;
  };
  // A request that is to be sent; or how it ended; or nothing yet.
  using Step = std::variant<std::monostate, Request, Granted, Refused>;

  RelayLogin(Options options, Random random) : options_(std::move(options)), random_(std::move(random)) {}

  // The first request.
  Request begin(Time now);
  // The answers to its requests; any other one changes nothing.
  Step take(const Response& response, Time now);
  // To be called at the deadline: no answer came, or a request that renews the login is to be sent.
  Step expire(Time now);
  std::optional<Time> deadline() const { return deadline_; }
  bool asking() const { return !transaction_.empty(); }  // an answer is to come

 private:
  Request request(Time now);
  Step take_challenge(const Response& response, Time now);
  Step take_grant(const Response& response, Time now);
  Step take_bounds(const Response& response, Time now);
  Refused refuse(unsigned code, std::string reason);

  Options options_;
  Random random_;
  base::DigestAnswers answers_;
  std::string transaction_;  // of the request without an answer
  unsigned rounds_ = 0;
  std::optional<std::uint32_t> duration_;  // that the relay would have asked for
  std::optional<Time> deadline_;
};

}  // namespace msrp
