// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/certificate.h"

#include <algorithm>
#include <ctime>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/error.h"
#include "base/handle.h"
#include "base/stream.h"
#include "base/text.h"

namespace base {
namespace {

constexpr long lifetime = 10L * 365 * 24 * 3600;  // s
constexpr long backdated = 24 * 3600;             // for peers whose clock is slow
constexpr std::size_t most_names = 5;             // in a sentence

using Memory = Handle<BIO, BIO_free_all>;
using Certificate = Handle<X509, X509_free>;
using Key = Handle<EVP_PKEY, EVP_PKEY_free>;

void require(bool success, const char* what) {
  if (!success) throw Error(Errc::failed, std::string("no certificate can be made: ") + what);
}

Memory memory_of(const std::string& text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(std::min<std::size_t>(text.size(), 1 << 24))));
}

// Nobody is asked: a key that is encrypted is one that we cannot read.
int no_passphrase(char*, int, int, void*) noexcept { return 0; }

std::string text_of(const ASN1_STRING* string) {
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, string);
  if (size < 0) return {};
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return text;
}

// RFC 5922, 7.1: sip:example.com is a domain; with a user it is somebody else's identity, and sips is none at all.
std::string domain_of(const std::string& uri) {
  if (to_lower(uri.substr(0, 4)) != "sip:" || uri.find('@') != uri.npos) return {};
  return uri.substr(4);
}

std::string name_in(const GENERAL_NAME* name) {
  if (name->type == GEN_DNS) return text_of(name->d.dNSName);
  return name->type == GEN_URI ? domain_of(text_of(name->d.uniformResourceIdentifier)) : "";
}

std::string common_name(const X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  return at < 0 ? "" : text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

std::string day_of(const ASN1_TIME* time) {
  std::tm parts{};
  char text[16] = "an unknown day";
  if (ASN1_TIME_to_tm(time, &parts) == 1) std::strftime(text, sizeof(text), "%Y-%m-%d", &parts);
  return text;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most_names; ++i)
    text += (i == 0 ? "" : ", ") + to_display(names[i], 256);
  return names.size() > most_names ? text + " and others" : text;
}

std::string fault_of_chain(const X509* certificate, long verdict) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
        return "its certificate expired on " + day_of(X509_get0_notAfter(certificate));
      return "the certificate of its authority has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "its certificate is not valid before " + day_of(X509_get0_notBefore(certificate));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "its certificate is self-signed";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "its certificate is signed by an authority that is not trusted here: tls.ca_list_file";
    default: return std::string("its certificate does not hold: ") + X509_verify_cert_error_string(verdict);
  }
}

void set_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Handle<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

}  // namespace

std::string make_certificate(const std::string& name) {
  const Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "key");
  const Certificate certificate(X509_new());
  require(certificate != nullptr, "memory");
  std::uint64_t serial = 0;
  require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) == 1, "random numbers");
  X509* one = certificate.get();
  X509_set_version(one, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(one), serial >> 1 | 1);
  X509_gmtime_adj(X509_getm_notBefore(one), -backdated);
  X509_gmtime_adj(X509_getm_notAfter(one), lifetime);
  X509_set_pubkey(one, key.get());
  X509_NAME* subject = X509_get_subject_name(one);
  const std::string short_name = name.substr(0, 64);  // RFC 5280, upper bound of a common name
  require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(short_name.data()),
                                     static_cast<int>(short_name.size()), -1, 0) == 1,
          "name");
  X509_set_issuer_name(one, subject);
  set_extension(one, NID_basic_constraints, "critical,CA:FALSE");
  set_extension(one, NID_subject_alt_name, "DNS:" + name);
  require(X509_sign(one, key.get(), EVP_sha256()) > 0, "signature");

  const Memory memory(BIO_new(BIO_s_mem()));
  require(memory && PEM_write_bio_X509(memory.get(), one) == 1 &&
              PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "text");
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string fault_of_identity(const std::string& certificates, const std::string& key) {
  const Memory first = memory_of(certificates);
  const Certificate certificate(PEM_read_bio_X509(first.get(), nullptr, no_passphrase, nullptr));
  const Memory second = memory_of(key);
  const Key secret(PEM_read_bio_PrivateKey(second.get(), nullptr, no_passphrase, nullptr));
  const bool fits = certificate && secret && X509_check_private_key(certificate.get(), secret.get()) == 1;
  ERR_clear_error();
  if (!certificate) return "holds no certificate in PEM";
  if (!secret) return "holds no private key in PEM without a passphrase";
  return fits ? "" : "the private key is not that of the certificate";
}

std::string fault_of_authorities(const std::string& certificates) {
  const Memory memory = memory_of(certificates);
  const Certificate certificate(PEM_read_bio_X509_AUX(memory.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  return certificate ? "" : "holds no certificate in PEM";
}

std::vector<std::string> names_of_certificate(const X509* certificate) {
  std::vector<std::string> names;
  const Handle<GENERAL_NAMES, GENERAL_NAMES_free> alternatives(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  bool any = false;
  for (int i = 0; alternatives && i < sk_GENERAL_NAME_num(alternatives.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives.get(), i);
    any = any || name->type == GEN_DNS || name->type == GEN_URI;
    if (const std::string text = name_in(name); !text.empty()) names.push_back(text);
  }
  if (any) return names;
  if (const std::string text = common_name(certificate); !text.empty()) names.push_back(text);
  return names;
}

std::string fault_of_certificate(const X509* certificate, long verdict, const std::string& name) {
  if (!certificate) return "it has no certificate";
  if (verdict != X509_V_OK) return fault_of_chain(certificate, verdict);
  // RFC 5922, 7.2: equal but for capitals, and "*" matches nothing but itself.
  const auto names = names_of_certificate(certificate);
  const auto fits = [&](const std::string& one) { return equals_ignoring_case(one, name); };
  if (name.empty() || std::any_of(names.begin(), names.end(), fits)) return {};
  return names.empty() ? "its certificate bears no name" : "its certificate is for " + joined(names);
}

std::string fault_of_certificate_of_host(const X509* certificate, long verdict, const std::string& host) {
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  const std::string address = brackets ? host.substr(1, host.size() - 2) : host;
  if (!is_address(address)) return fault_of_certificate(certificate, verdict, host);
  if (const std::string fault = fault_of_certificate(certificate, verdict, ""); !fault.empty()) return fault;
  // OpenSSL looks at no names for it, and changes nothing.
  const bool fits = X509_check_ip_asc(const_cast<X509*>(certificate), address.c_str(), 0) == 1;
  return fits ? "" : "its certificate is not for " + address;
}

}  // namespace base
