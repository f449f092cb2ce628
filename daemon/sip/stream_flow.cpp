// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/stream_flow.h"

#include <algorithm>
#include <random>

#include "base/log.h"
#include "base/random.h"
#include "daemon/sip/stack.h"
#include "daemon/sip/uri.h"

namespace sip {
namespace {

using namespace std::chrono_literals;

constexpr const char* two_line_ends = "\r\n\r\n";  // RFC 5626, 3.5.1; the answer is one
constexpr auto pong_limit = 10s;                   // RFC 5626, 4.4.1
constexpr base::Duration longest_interval = 95s;   // RFC 5626, 4.4.1; after 120 s the library closes what is idle

}  // namespace

base::Duration spread(base::Duration longest) {
  base::Random random;
  return base::Duration(
      std::uniform_int_distribution<base::Duration::rep>(longest.count() * 4 / 5, longest.count())(random));
}

StreamFlow::StreamFlow(Stack& stack, const KeepAlive& wanted, FlowListener& listener)
    : stack_(stack.life()),
      wanted_(wanted),
      listener_(listener),
      route_(named(wanted.route, uri_from_text(wanted.registrar).value_or(Uri{}).host)),
      next_(stack.loop()),
      pong_(stack.loop()),
      answers_(wanted.must_answer) {
  if (Agent* const agent = this->agent()) stream_ = agent->stream_to(route_);
  if (!stream_) {
    next_.start(0s, [this] { lose("the registrar closed the connection"); });
    return;
  }
  watch_.emplace(stream_.descriptor(), base::Watch::For::ending, [this] { lose("the connection is closed"); });
  wait();
}

Agent* StreamFlow::agent() const { return *stack_ ? (*stack_)->agent_for(route_) : nullptr; }

void StreamFlow::wait() {
  next_.start(spread(std::min(wanted_.interval, longest_interval)), [this] { ping(); });
}

void StreamFlow::ping() {
  wait();
  Agent* const agent = this->agent();
  if (!agent || pong_.running()) return;
  // What is sent just now keeps the way open as well, and a ping must not fall into the middle of it.
  if (!stream_.is_clear() && !stream_.is_stuck()) return;
  // Before it is sent: the answer may be there when the writing comes back.
  const auto received = stream_.received();
  if (stream_.is_clear() && !agent->write(route_, stream_, two_line_ends)) return;
  received_ = received;
  pong_.start(pong_limit, [this] { judge(); });
}

void StreamFlow::judge() {
  const bool heard = stream_.received() != received_;
  // RFC 5626, 4.4.1: who never answered may be one that does not know how to.
  if (!heard && answers_) return lose("the registrar does not answer on the connection any more");
  answers_ = answers_ || heard;
}

void StreamFlow::lose(const std::string& reason) {
  next_.stop();
  pong_.stop();
  watch_.reset();
  // For the library too: the next request makes a new one.
  if (stream_) stream_.shut();
  listener_.on_flow_lost(reason);
}

}  // namespace sip
