// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

// The only door to sofia-sip. Its callbacks get our types, so that nothing is cast.
namespace sip {
class Agent;
class HandleOwner;
}  // namespace sip

#define NUA_MAGIC_T sip::Agent
#define NUA_HMAGIC_T sip::HandleOwner
#define NTA_AGENT_MAGIC_T sip::Agent
#define SU_ROOT_MAGIC_T sip::Agent

// As the library itself is compiled: the sizes of what a plug-in extends depend on it.
#define SOFIA_EXTEND_AUTH_CLIENT 1

#include <sofia-sip/auth_client_plugin.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_glib.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/tport_tag.h>

#include <string>

namespace sip {

// Whoever has a handle of nua: what nua tells of that handle goes to it.
class HandleOwner {
 public:
  virtual ~HandleOwner() = default;
  virtual void on_event(nua_event_t event, int status, const char* phrase, const sip_t* sip) = 0;
  // A handshake with the place where the handle's requests go failed; the library would wait on. The handle is of no
  // use then. Another handle may be made, but the owner is not destroyed from within.
  virtual void on_tls_fault(const std::string& fault) { static_cast<void>(fault); }
};

// Copies of what the library only lends us.
inline std::string text_of(const char* text) { return text ? text : ""; }
std::string text_of(const url_t* url);

}  // namespace sip
