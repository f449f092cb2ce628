// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/handle.h"

namespace test {

struct Issue {
  std::string common_name = "a server";
  std::string alternative_names = "";  // as OpenSSL writes them: "DNS:a.test,URI:sip:a.test"; empty: none
  int first_day = -1;                  // from today
  int last_day = 30;
  bool self_signed = false;
};

// An authority that nobody knows, and the certificates that it gives, with their keys in PEM.
class Authority {
 public:
  Authority();

  std::string certificate() const;
  std::string issue(const Issue& issue) const;

 private:
  base::Handle<EVP_PKEY, EVP_PKEY_free> key_;
  base::Handle<X509, X509_free> certificate_;
};

}  // namespace test
