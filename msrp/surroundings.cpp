// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/surroundings.h"

#include "base/error.h"

namespace msrp {

base::TlsContext& tls_of(Surroundings& surroundings) {
  if (surroundings.tls) return *surroundings.tls;
  try {
    surroundings.tls = std::make_unique<base::TlsContext>(surroundings.identity());
  } catch (const base::Error& error) {
    throw base::Error(base::Errc::chat_failure, std::string("no chat can go over TLS: ") + error.what());
  }
  return *surroundings.tls;
}

}  // namespace msrp
