// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/certificate.h"

struct ssl_ctx_st;

// What all our TLS has in common, whoever makes the contexts of OpenSSL.
namespace base {

// TLS 1.2 or newer, ciphers that are good today, no renegotiation, and no buffers while nothing comes.
void set_rules_of(ssl_ctx_st* context);
// The texts were checked before (fault_of_identity, fault_of_authorities).
void set_identity_of(ssl_ctx_st* context, const Identity& identity);

// What an alert of the peer means for people (RFC 8446, 6.2).
std::string meaning_of_alert(int alert);
// What OpenSSL itself found wrong.
std::string meaning_of_error(unsigned long error);

}  // namespace base
