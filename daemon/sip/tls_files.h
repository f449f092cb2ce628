// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/certificate.h"

namespace sip {

// Where our identity for TLS is. Empty: none is set.
struct TlsFiles {
  std::string ca_list = "";      // authorities; empty: those of the system
  std::string certificate = "";  // with its chain
  std::string private_key = "";  // empty: it is in the file of the certificate
  std::string own = "";          // the certificate and key that we made ourselves, for when no certificate is set
};

// Reads them all, and first makes the one of our own if it is needed and not there. Throws Error{file_failure} that
// names the file: whoever cannot read the list of authorities must trust nobody, rather than everybody.
base::Identity read_identity(const TlsFiles& files);

}  // namespace sip
