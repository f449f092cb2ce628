// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/tls_rules.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <boost/test/unit_test.hpp>

#include "base/handle.h"
#include "tests/support/private_bus.h"

namespace {

using Context = base::Handle<SSL_CTX, SSL_CTX_free>;
using Verification = base::Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

// As the authorities of the system, for the contexts that are made meanwhile.
struct Authorities {
  Authorities() { setenv("SSL_CERT_DIR", directory.path().c_str(), 1); }
  ~Authorities() { unsetenv("SSL_CERT_DIR"); }
  void add(X509* certificate, const std::string& text) const {
    char name[16];
    std::snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(certificate));
    std::ofstream(directory.path() / name) << text;
  }

  test::TemporaryDirectory directory;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_rules)

BOOST_AUTO_TEST_CASE(without_authorities_of_our_own_those_of_the_system_count_as_they_are_when_asked) {
  const Authorities system;
  const std::string text = base::make_certificate("good.test");
  const base::Handle<BIO, BIO_free_all> memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const base::Handle<X509, X509_free> certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  const Context context(SSL_CTX_new(TLS_method()));
  base::set_identity_of(context.get(), {.certificates = text, .key = text, .authorities = ""});
  const auto verify = [&] {
    const Verification verification(X509_STORE_CTX_new());
    X509_STORE_CTX_init(verification.get(), SSL_CTX_get_cert_store(context.get()), certificate.get(), nullptr);
    X509_verify_cert(verification.get());
    return X509_STORE_CTX_get_error(verification.get());
  };
  BOOST_TEST(verify() == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  system.add(certificate.get(), text);
  BOOST_TEST(verify() == X509_V_OK);
}

BOOST_AUTO_TEST_SUITE_END()
