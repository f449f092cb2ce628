// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/certificate.h"
#include "base/handle.h"
#include "base/watch.h"

struct ssl_ctx_st;
struct ssl_st;

namespace base {

void release_tls_context(ssl_ctx_st* context);
void release_tls_connection(ssl_st* connection);

// Who we are in TLS, on both sides of connections of our own. Each side shows its certificate, and none is judged
// before the handshake is over.
class TlsContext {
 public:
  // The texts were checked before. Ignores SIGPIPE in the process: OpenSSL writes with write(2).
  explicit TlsContext(const Identity& identity);

  // For the connections to come.
  void set_identity(const Identity& identity);
  // Of our own certificate: "sha-256 12:AB:…" (RFC 8122, 5).
  std::string fingerprint() const;
  ssl_ctx_st* get() const { return context_.get(); }

 private:
  Handle<ssl_ctx_st, release_tls_context> context_;
};

// TLS on a connected socket that does not wait. The socket outlives it.
class TlsConnection {
 public:
  enum class Outcome { done, wants_bytes, wants_room, ended, failed };
  struct Result {
    Outcome outcome;
    std::size_t size = 0;
  };

  static TlsConnection accept(const TlsContext& context, const Descriptor& socket);
  // The name is that of RFC 6066, 3, unless it is an address.
  static TlsConnection connect(const TlsContext& context, const Descriptor& socket, const std::string& name);

  // To be called again when there are bytes, or room, as it wants.
  Outcome shake_hands();
  // At most one record; what remains of it is more than the socket tells of, so the room has 16 KiB at least.
  Result read(std::span<char> room);
  // What was not taken for want of room must be given again, or more that begins so.
  Result write(std::string_view bytes);
  // Why it failed.
  const std::string& fault() const { return fault_; }

  // After the handshake: why the certificate of the peer is not that of these a=fingerprint lines (RFC 8122, 5), or "".
  std::string fault_of_fingerprint(const std::vector<std::string>& fingerprints) const;
  // Why the peer is not the server of that name or address, or "".
  std::string fault_of_name(const std::string& host) const;

 private:
  TlsConnection(const TlsContext& context, const Descriptor& socket);
  Outcome outcome_of(int result);

  Handle<ssl_st, release_tls_connection> connection_;
  std::string fault_;
};

}  // namespace base
