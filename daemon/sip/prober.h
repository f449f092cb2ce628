// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include "base/loop.h"
#include "daemon/sip/registrar.h"
#include "daemon/sip/sofia.h"

namespace sip {

class Stack;

// Keeps the way to a registrar open by UDP with an OPTIONS now and then, which is answered, too, by a server that knows
// nothing of RFC 5626. The stack owns it: it lives on until the last request has its final response.
class Prober final : public HandleOwner {
 public:
  Prober(Stack& stack, const KeepAlive& wanted, FlowListener& listener);
  ~Prober() override;
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  // Nothing is told any more.
  void abandon();
  // Points here as long as this lives.
  const std::shared_ptr<Prober*>& life() const { return life_; }

  void on_event(nua_event_t event, int status, const char* phrase, const sip_t* sip) override;

 private:
  void wait();
  void ask();
  void lose(const std::string& reason);
  void leave();

  Stack& stack_;
  const std::shared_ptr<Prober*> life_ = std::make_shared<Prober*>(this);
  const KeepAlive wanted_;
  FlowListener* listener_;
  nua_handle_t* handle_ = nullptr;
  base::Timer next_;
  base::Timer answer_;
  bool asking_ = false;
  bool answers_;           // it is known to answer
  std::string seen_from_;  // our address and port, as the registrar sees it; empty: not told
};

// The Flow that an account holds.
std::unique_ptr<Flow> probe(Stack& stack, const KeepAlive& wanted, FlowListener& listener);

}  // namespace sip
