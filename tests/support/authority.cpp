// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/authority.h"

#include <atomic>
#include <cstdint>
#include <stdexcept>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace test {
namespace {

using Key = base::Handle<EVP_PKEY, EVP_PKEY_free>;
using Certificate = base::Handle<X509, X509_free>;

constexpr long day = 24 * 3600;

void add(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const base::Handle<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  if (!extension) throw std::runtime_error("no extension: " + value);
  X509_add_ext(certificate, extension.get(), -1);
}

// Signed by the issuer, or where there is none by its own key.
Certificate made(const Issue& issue, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, bool authority) {
  static std::atomic<long> serial = 1;
  Certificate certificate(X509_new());
  X509* one = certificate.get();
  X509_set_version(one, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(one), serial++);
  X509_gmtime_adj(X509_getm_notBefore(one), issue.first_day * day);
  X509_gmtime_adj(X509_getm_notAfter(one), issue.last_day * day);
  X509_set_pubkey(one, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(issue.common_name.c_str()), -1, -1, 0);
  X509_set_issuer_name(one, X509_get_subject_name(issuer ? issuer : one));
  add(one, issuer ? issuer : one, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!issue.alternative_names.empty()) add(one, issuer ? issuer : one, NID_subject_alt_name, issue.alternative_names);
  X509_sign(one, issuer ? issuer_key : key, EVP_sha256());
  return certificate;
}

std::string text_of(X509* certificate, EVP_PKEY* key) {
  const base::Handle<BIO, BIO_free_all> memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(memory.get(), certificate);
  if (key) PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Authority::Authority() : key_(EVP_EC_gen("P-256")) {
  certificate_ =
      made({.common_name = "authority " + std::to_string(reinterpret_cast<std::uintptr_t>(this)), .last_day = 3650},
           key_.get(), nullptr, nullptr, true);
}

std::string Authority::certificate() const { return text_of(certificate_.get(), nullptr); }

std::string Authority::issue(const Issue& issue) const {
  const Key key(EVP_EC_gen("P-256"));
  return text_of(made(issue, key.get(), issue.self_signed ? nullptr : certificate_.get(), key_.get(), false).get(),
                 key.get());
}

}  // namespace test
