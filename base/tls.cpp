// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/tls.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/error.h"
#include "base/stream.h"
#include "base/text.h"
#include "base/tls_rules.h"

namespace base {

void release_tls_context(SSL_CTX* context) { SSL_CTX_free(context); }
void release_tls_connection(SSL* connection) { SSL_free(connection); }

namespace {

using Certificate = Handle<X509, X509_free>;

struct Hash {
  std::string_view name;
  const EVP_MD* (*function)();
};

// The strongest first. RFC 8122, 5 forbids MD5 and MD2; SHA-1 is what RFC 4572 asked of everybody.
constexpr std::array hashes{Hash{"sha-512", EVP_sha512}, Hash{"sha-384", EVP_sha384}, Hash{"sha-256", EVP_sha256},
                            Hash{"sha-224", EVP_sha224}, Hash{"sha-1", EVP_sha1}};

// Certificates are judged when all is known: by a fingerprint, or by their name.
int go_on(int, X509_STORE_CTX*) noexcept { return 1; }

// 12:AB:CD.
std::string digest_of(const X509* certificate, const EVP_MD* function) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
  unsigned size = 0;
  if (X509_digest(certificate, function, bytes.data(), &size) != 1) return {};
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    if (i > 0) text += ':';
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

// The digest if the fingerprint is of that hash.
std::optional<std::string_view> value_of(std::string_view fingerprint, std::string_view hash) {
  const std::size_t space = fingerprint.find(' ');
  if (space == fingerprint.npos || !equals_ignoring_case(fingerprint.substr(0, space), hash)) return {};
  return trim(fingerprint.substr(space));
}

}  // namespace

TlsContext::TlsContext(const Identity& identity) : context_(SSL_CTX_new(TLS_method())) {
  if (!context_) throw Error(Errc::failed, "there is no memory for TLS");
  std::signal(SIGPIPE, SIG_IGN);
  set_rules_of(context_.get());
  // Who leaves without the farewell of TLS has left: MSRP knows where its messages end.
  SSL_CTX_set_options(context_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context_.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context_.get(), 0);
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, go_on);
  set_identity(identity);
}

void TlsContext::set_identity(const Identity& identity) {
  set_identity_of(context_.get(), identity);
  ERR_clear_error();
}

std::string TlsContext::fingerprint() const {
  const X509* certificate = SSL_CTX_get0_certificate(context_.get());
  return certificate ? "sha-256 " + digest_of(certificate, EVP_sha256()) : "";
}

TlsConnection::TlsConnection(const TlsContext& context, const Descriptor& socket)
    : connection_(SSL_new(context.get())) {
  if (!connection_ || SSL_set_fd(connection_.get(), socket.number()) != 1)
    throw Error(Errc::failed, "there is no memory for TLS");
}

TlsConnection TlsConnection::accept(const TlsContext& context, const Descriptor& socket) {
  TlsConnection connection(context, socket);
  SSL_set_accept_state(connection.connection_.get());
  return connection;
}

TlsConnection TlsConnection::connect(const TlsContext& context, const Descriptor& socket, const std::string& name) {
  TlsConnection connection(context, socket);
  SSL_set_connect_state(connection.connection_.get());
  if (!is_address(name)) SSL_set_tlsext_host_name(connection.connection_.get(), name.c_str());
  return connection;
}

TlsConnection::Outcome TlsConnection::shake_hands() {
  ERR_clear_error();
  return outcome_of(SSL_do_handshake(connection_.get()));
}

TlsConnection::Result TlsConnection::read(std::span<char> room) {
  ERR_clear_error();
  std::size_t size = 0;
  const Outcome outcome = outcome_of(SSL_read_ex(connection_.get(), room.data(), room.size(), &size));
  return {outcome, size};
}

TlsConnection::Result TlsConnection::write(std::string_view bytes) {
  ERR_clear_error();
  std::size_t size = 0;
  const Outcome outcome = outcome_of(SSL_write_ex(connection_.get(), bytes.data(), bytes.size(), &size));
  return {outcome, size};
}

TlsConnection::Outcome TlsConnection::outcome_of(int result) {
  if (result > 0) return Outcome::done;
  const int system_error = errno;
  switch (SSL_get_error(connection_.get(), result)) {
    case SSL_ERROR_WANT_READ: return Outcome::wants_bytes;
    case SSL_ERROR_WANT_WRITE: return Outcome::wants_room;
    case SSL_ERROR_ZERO_RETURN: return Outcome::ended;
    case SSL_ERROR_SYSCALL: fault_ = system_error ? std::strerror(system_error) : "it closed the connection"; break;
    default: {
      const unsigned long error = ERR_peek_error();
      const int reason = ERR_GET_REASON(error);
      // OpenSSL numbers the alerts that come after all else.
      fault_ =
          reason > SSL_AD_REASON_OFFSET ? meaning_of_alert(reason - SSL_AD_REASON_OFFSET) : meaning_of_error(error);
    }
  }
  ERR_clear_error();
  return Outcome::failed;
}

// RFC 8122, 5.1: of several hashes the one that is preferred counts, and any of its fingerprints will do.
std::string TlsConnection::fault_of_fingerprint(const std::vector<std::string>& fingerprints) const {
  const Certificate certificate(SSL_get1_peer_certificate(connection_.get()));
  if (!certificate) return "it shows no certificate, and the session gives a fingerprint";
  for (const Hash& hash : hashes) {
    bool any = false;
    const std::string own = digest_of(certificate.get(), hash.function());
    for (const std::string& fingerprint : fingerprints) {
      const auto value = value_of(fingerprint, hash.name);
      if (value && equals_ignoring_case(*value, own)) return {};
      any = any || value;
    }
    if (any) return "its certificate is not the one whose fingerprint the session gives";
  }
  return "the session gives fingerprints of no hash that is known here";
}

std::string TlsConnection::fault_of_name(const std::string& host) const {
  const Certificate certificate(SSL_get1_peer_certificate(connection_.get()));
  return fault_of_certificate_of_host(certificate.get(), SSL_get_verify_result(connection_.get()), host);
}

}  // namespace base
