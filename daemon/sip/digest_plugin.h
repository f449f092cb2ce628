// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "daemon/sip/credentials.h"
#include "daemon/sip/route.h"
#include "daemon/sip/sofia.h"

namespace sip {

// Whose realms are answered: those of the credentials, or as the registrar of the account whatever it names.
enum class Realms { own, any };

// Signs the requests of one handle of nua, also those that nua makes by itself, when they are challenged: it is asked
// by the library through its plug-in for digests. Without a signer no challenge is answered. It must go before the
// handle does.
class Signer {
 public:
  Signer(nua_handle_t* handle, std::shared_ptr<const Credentials> credentials, Realms realms);
  ~Signer();
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  // Where the requests of the handle go from now on. What is no server of the account gets no answer; what was found by
  // the name of a server is one.
  void set_next_hop(const Route& hop);
  // The realm that was last answered; empty: none yet.
  const std::string& realm() const { return realm_; }

  // For the plug-in alone; `space` tells the challengers of one handle apart.
  bool take(const void* space, const base::DigestChallenge& challenge);
  std::optional<std::string> answer(const void* space, std::string_view method, std::string_view uri);

 private:
  bool may_answer(const std::string& realm) const;

  nua_handle_t* const handle_;
  const std::shared_ptr<const Credentials> credentials_;
  const Realms realms_;
  bool own_hop_ = false;
  std::string own_endpoint_;  // that was found by the name of a server
  std::map<const void*, base::DigestAnswers> answers_;
  std::string realm_;
};

// Makes the library ask us and not its own code, which knows MD5 only, writes what stands for the password to its log,
// and does not ask who challenges. Once in a process, before the first handle.
void register_digest_plugin();

}  // namespace sip
