// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/prober.h"

#include <utility>

#include "base/text.h"
#include "daemon/sip/response.h"
#include "daemon/sip/stack.h"
#include "daemon/sip/stream_flow.h"
#include "daemon/sip/uri.h"

namespace sip {
namespace {

constexpr auto answer_limit = std::chrono::seconds(10);
constexpr auto longest_transaction = std::chrono::seconds(40);

class HeldProber : public Flow {
 public:
  explicit HeldProber(Prober& prober) : prober_(prober.life()) {}
  ~HeldProber() override {
    if (Prober* prober = *prober_) prober->abandon();
  }

 private:
  const std::shared_ptr<Prober*> prober_;
};

// Where the request came from, as its receiver saw it (RFC 3581).
std::string seen_from(const sip_t* sip) {
  const sip_via_t* const via = sip->sip_via;
  if (!via || !via->v_rport) return {};
  return base::to_display(text_of(via->v_received) + ":" + text_of(via->v_rport), 64);
}

}  // namespace

std::unique_ptr<Flow> probe(Stack& stack, const KeepAlive& wanted, FlowListener& listener) {
  auto owned = std::make_unique<Prober>(stack, wanted, listener);
  Prober& prober = *owned;
  stack.adopt(std::move(owned));
  return std::make_unique<HeldProber>(prober);
}

Prober::Prober(Stack& stack, const KeepAlive& wanted, FlowListener& listener)
    : stack_(stack),
      wanted_(wanted),
      listener_(&listener),
      next_(stack.loop()),
      answer_(stack.loop()),
      answers_(wanted.must_answer) {
  wait();
}

Prober::~Prober() {
  *life_ = nullptr;
  leave();
}

void Prober::leave() {
  if (!handle_) return;
  nua_handle_bind(handle_, nullptr);
  nua_handle_destroy(std::exchange(handle_, nullptr));
}

void Prober::wait() {
  next_.start(spread(wanted_.interval), [this] { ask(); });
}

void Prober::ask() {
  wait();
  if (asking_) return;
  Agent* const agent = stack_.agent_for(wanted_.route);
  if (!agent) return;
  const Route& hop = wanted_.route;
  const std::string route = "<sip:" + host_in_uri(hop.host) + ":" + std::to_string(hop.port) + ";lr>";
  const std::string target = "<" + wanted_.registrar + ">";
  asking_ = true;
  leave();
  handle_ = agent->create_handle(*this, hop, wanted_.registrar, target, target);
  answer_.start(answer_limit, [this] {
    if (answers_) lose("the registrar does not answer any more");
  });
  nua_options(handle_, NUTAG_INITIAL_ROUTE_STR(route.c_str()), TAG_END());
}

void Prober::on_event(nua_event_t event, int status, const char*, const sip_t* sip) {
  if (event != nua_r_options || status < 200 || !asking_) return;
  answer_.stop();
  asking_ = false;
  // With a challenge nua waits for a password: this tells it that none comes. Whatever it says, it is an answer.
  if (status == 401 || status == 407) nua_authenticate(handle_, TAG_END());
  if (!listener_) return stack_.remove(*this);
  if (!came_from_the_peer(sip)) {
    if (answers_) lose("the registrar does not answer any more");
    return;
  }
  answers_ = true;
  const std::string address = seen_from(sip);
  const std::string before = std::exchange(seen_from_, address);
  // RFC 5626, 4.4.2: what leads to us now is another way.
  if (!before.empty() && before != address) lose("our address at the registrar is another one");
}

void Prober::lose(const std::string& reason) {
  next_.stop();
  answer_.stop();
  if (FlowListener* const listener = std::exchange(listener_, nullptr)) listener->on_flow_lost(reason);
}

void Prober::abandon() {
  listener_ = nullptr;
  next_.stop();
  if (!asking_) return stack_.remove(*this);
  // nua never frees a request whose handle goes before its final response: that comes, or Timer F makes one.
  answer_.start(longest_transaction, [this] { stack_.remove(*this); });
}

}  // namespace sip
