// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include "base/loop.h"
#include "daemon/sip/digest_plugin.h"
#include "daemon/sip/path.h"
#include "daemon/sip/registrar.h"
#include "daemon/sip/sofia.h"

namespace sip {

class Stack;

// One handle of nua that sends REGISTERs, one after the other. The stack owns it: a request that its registrar gave up
// lives on here until the library has done with it.
class RegistrarClient final : public HandleOwner {
 public:
  RegistrarClient(Stack& stack, std::shared_ptr<const Credentials> credentials, RegistrarListener& listener);
  ~RegistrarClient() override;
  RegistrarClient(const RegistrarClient&) = delete;
  RegistrarClient& operator=(const RegistrarClient&) = delete;

  void send(const Register& request, const std::string& call_id, const std::string& tag);
  bool busy() const { return busy_; }
  // Nothing is told any more.
  void abandon();

  // Points here as long as this lives.
  const std::shared_ptr<RegistrarClient*>& life() const { return life_; }

  void on_event(nua_event_t event, int status, const char* phrase, const sip_t* sip) override;
  void on_tls_fault(const std::string& fault) override;

 private:
  RegisterAnswer judged(RegisterAnswer answer) const;

  Stack& stack_;
  const std::shared_ptr<RegistrarClient*> life_ = std::make_shared<RegistrarClient*>(this);
  const std::shared_ptr<const Credentials> credentials_;
  RegistrarListener* listener_;
  nua_handle_t* handle_ = nullptr;
  Path path_;
  std::unique_ptr<Signer> signer_;
  base::Timer last_resort_;
  Route route_;
  unsigned min_expires_ = 0;
  bool busy_ = false;
};

// The Registrar that an account holds. It outlives the stack, and then does nothing.
std::unique_ptr<Registrar> hold(Stack& stack, std::shared_ptr<const Credentials> credentials,
                                RegistrarListener& listener);

}  // namespace sip
