// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/tls_rules.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstdlib>

#include "base/handle.h"

namespace base {
namespace {

// TLS 1.3 has its own list, which needs no choice.
constexpr const char* ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:ECDHE+AES:DHE+AES:!aNULL:!eNULL";

using Memory = Handle<BIO, BIO_free_all>;
using Certificate = Handle<X509, X509_free>;

Memory memory_of(const std::string& text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// The authorities of the system, each read from their directory when a certificate names it: the one file that has all
// of them costs each context 23 ms. SSL_CERT_FILE and SSL_CERT_DIR count as ever.
void trust_system(X509_STORE* store) {
  X509_LOOKUP_add_dir(X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir()), nullptr, X509_FILETYPE_DEFAULT);
  if (std::getenv(X509_get_default_cert_file_env()))
    X509_LOOKUP_load_file(X509_STORE_add_lookup(store, X509_LOOKUP_file()), nullptr, X509_FILETYPE_DEFAULT);
  ERR_clear_error();  // neither need be there
}

}  // namespace

void set_rules_of(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, ciphers);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
}

void set_identity_of(SSL_CTX* context, const Identity& identity) {
  const Memory chain = memory_of(identity.certificates);
  SSL_CTX_clear_chain_certs(context);
  for (bool own = true;; own = false) {
    Certificate one(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
    if (!one) break;
    if (own)
      SSL_CTX_use_certificate(context, one.get());
    else
      SSL_CTX_add1_chain_cert(context, one.get());
  }
  const Memory secret = memory_of(identity.key);
  const Handle<EVP_PKEY, EVP_PKEY_free> key(PEM_read_bio_PrivateKey(secret.get(), nullptr, nullptr, nullptr));
  SSL_CTX_use_PrivateKey(context, key.get());

  X509_STORE* store = X509_STORE_new();
  const Memory authorities = memory_of(identity.authorities);
  while (const Certificate one{PEM_read_bio_X509_AUX(authorities.get(), nullptr, nullptr, nullptr)})
    X509_STORE_add_cert(store, one.get());
  if (identity.authorities.empty()) trust_system(store);
  SSL_CTX_set_cert_store(context, store);  // which owns it then
}

std::string meaning_of_alert(int alert) {
  switch (alert) {
    case SSL_AD_PROTOCOL_VERSION: return "it speaks no TLS 1.2 or newer";
    case SSL_AD_HANDSHAKE_FAILURE:
    case SSL_AD_INSUFFICIENT_SECURITY: return "it takes none of our ciphers";
    case SSL_AD_UNRECOGNIZED_NAME: return "it does not know this name";
    case SSL_AD_CERTIFICATE_REQUIRED: return "it demands a certificate of ours: tls.certificate_file";
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_ACCESS_DENIED:
      return std::string("it refuses our certificate (") + SSL_alert_desc_string_long(alert) + ")";
    default: return std::string("it ended the handshake (") + SSL_alert_desc_string_long(alert) + ")";
  }
}

std::string meaning_of_error(unsigned long error) {
  switch (ERR_GET_REASON(error)) {
    case SSL_R_UNSUPPORTED_PROTOCOL: return meaning_of_alert(SSL_AD_PROTOCOL_VERSION);
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST: return "it does not speak TLS";
    case SSL_R_NO_SHARED_CIPHER: return meaning_of_alert(SSL_AD_HANDSHAKE_FAILURE);
    case SSL_R_UNEXPECTED_EOF_WHILE_READING: return "it closed the connection during the handshake";
    default: {
      const char* reason = ERR_reason_error_string(error);
      return reason ? reason : "it failed";
    }
  }
}

}  // namespace base
