// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/handshakes.h"

#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/certificate.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "base/tls_rules.h"

namespace base {

void release_context(SSL_CTX* context) { SSL_CTX_free(context); }

// Lets the callbacks of OpenSSL in.
class HandshakesAccess {
 public:
  static void on_new(Handshakes& all, ssl_st* connection) { all.on_new(connection); }
  static void on_progress(Handshakes& all, ssl_st* connection, int where, int value) {
    all.on_progress(connection, where, value);
  }
  static void on_bytes(Handshakes& all, ssl_st* connection) { all.on_bytes(connection); }
  static void on_closed(Handshakes& all, bio_st* bio, ssl_st* connection) { all.on_closed(bio, connection); }
  static void on_context(Handshakes& all, ssl_ctx_st* context) {
    SSL_CTX_up_ref(context);
    all.contexts_.emplace_back(context);
  }
};

namespace {

constexpr std::size_t most_faults = 1000;

Handshakes* adopting = nullptr;  // whose adopt() runs

int context_index();

Handshakes* owner_of(const SSL* connection) {
  return static_cast<Handshakes*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), context_index()));
}

void on_new_context(void* context, void*, CRYPTO_EX_DATA* data, int index, long, void*) noexcept {
  CRYPTO_set_ex_data(data, index, adopting);
  if (adopting) HandshakesAccess::on_context(*adopting, static_cast<SSL_CTX*>(context));
}

void on_new_connection(void* connection, void*, CRYPTO_EX_DATA*, int, long, void*) noexcept {
  SSL* ssl = static_cast<SSL*>(connection);
  if (Handshakes* owner = owner_of(ssl)) HandshakesAccess::on_new(*owner, ssl);
}

void on_information(const SSL* connection, int where, int value) noexcept {
  if (Handshakes* owner = owner_of(connection))
    HandshakesAccess::on_progress(*owner, const_cast<SSL*>(connection), where, value);
}

long on_bio(BIO* bio, int operation, const char*, std::size_t, int, long, int result, std::size_t*) noexcept {
  const bool bytes = operation == (BIO_CB_READ | BIO_CB_RETURN) && result > 0;
  if (operation != BIO_CB_FREE && !bytes) return result;
  SSL* connection = reinterpret_cast<SSL*>(BIO_get_callback_arg(bio));
  Handshakes* owner = owner_of(connection);
  if (bytes) {
    if (owner) HandshakesAccess::on_bytes(*owner, connection);
    return result;
  }
  if (owner) HandshakesAccess::on_closed(*owner, bio, connection);
  return 0;  // it was freed by on_closed
}

// SSL_CTX_get_ex_new_index() and its like are OpenSSL's public way to learn of each object that is made.
int context_index() {
  static const int index = [] {
    SSL_get_ex_new_index(0, nullptr, on_new_connection, nullptr, nullptr);
    return SSL_CTX_get_ex_new_index(0, nullptr, on_new_context, nullptr, nullptr);
  }();
  return index;
}

std::string seconds(Duration duration) { return std::to_string((duration.count() + 999) / 1000) + " s"; }

}  // namespace

Handshakes::Handshakes(Scheduler& scheduler, Settings settings)
    : settings_(std::move(settings)), soon_(scheduler), deadline_(scheduler) {
  context_index();
}

Handshakes::~Handshakes() {
  // What the library still has does without us.
  for (const auto& context : contexts_) SSL_CTX_set_ex_data(context.get(), context_index(), nullptr);
}

void Handshakes::adopt(const std::function<void()>& call) {
  adopting = this;
  call();
  adopting = nullptr;
  for (const auto& context : contexts_) {
    set_rules_of(context.get());
    SSL_CTX_set_info_callback(context.get(), on_information);
    set_identity_of(context.get(), settings_.identity);
  }
  ERR_clear_error();
}

void Handshakes::set_identity(Identity identity) {
  settings_.identity = std::move(identity);
  for (const auto& context : contexts_) set_identity_of(context.get(), settings_.identity);
  ERR_clear_error();
}

bool Handshakes::expect(const Peer& peer, const std::string& name) {
  return equals_ignoring_case(names_.try_emplace(peer, name).first->second, name);
}

std::string Handshakes::name_of(const Peer& peer) const {
  const auto at = names_.find(peer);
  return at == names_.end() ? "" : at->second;
}

SSL* Handshakes::find(const Peer& peer) const {
  const auto at = std::find_if(connections_.begin(), connections_.end(),
                               [&](const auto& one) { return one.second.done && one.second.peer == peer; });
  return at == connections_.end() ? nullptr : at->first;
}

Stream Handshakes::stream_to(const Peer& peer) const {
  const SSL* connection = find(peer);
  return connection ? Stream::of(SSL_get_fd(connection)) : Stream();
}

bool Handshakes::write(const Peer& peer, std::string_view bytes) {
  SSL* connection = find(peer);
  if (!connection || SSL_want_write(connection)) return false;
  const bool written = SSL_write(connection, bytes.data(), static_cast<int>(bytes.size())) > 0;
  ERR_clear_error();  // the library looks at the queue of errors
  return written;
}

std::string Handshakes::fault_of(const Peer& peer) const {
  const auto at = faults_.find(peer);
  return at == faults_.end() ? "" : at->second;
}

void Handshakes::on_new(SSL* connection) {
  connections_.try_emplace(connection);
  deadlines_.emplace(std::chrono::steady_clock::now() + settings_.limit, connection);
  if (!deadline_.running()) deadline_.start(settings_.limit, [this] { end_late(); });
  // The library has not given it its socket yet.
  soon_.start(Duration(0), [this] { take_all(); });
}

void Handshakes::take_all() {
  std::vector<SSL*> fresh;
  for (const auto& [connection, state] : connections_)
    if (!state.adopted) fresh.push_back(connection);
  for (SSL* connection : fresh)
    if (const auto at = connections_.find(connection); at != connections_.end()) take(connection, at->second);
  for (const auto& [peer, fault] : std::exchange(untold_, {}))
    if (tell_) tell_(peer, fault);
}

// sofia-sip never frees its SSL objects: 25 KB for each connection, at the pleasure of strangers. It lets go of two
// things when it is done with a connection, its reference to the BIO, and, by a mistake that hides the first, the SSL's
// reference to the context. So we keep one of the context, and give up the one that the SSL has of the BIO for reading:
// then sofia's is the last one, and its end tells us that the SSL can go.
void Handshakes::take(SSL* connection, Connection& state) {
  if (std::exchange(state.adopted, true)) return;
  if (const Peer peer = peer_of_socket(SSL_get_fd(connection)); peer.port != 0) state.peer = peer;
  BIO* bio = SSL_get_rbio(connection);
  if (!bio) return;
  SSL_CTX_up_ref(SSL_get_SSL_CTX(connection));
  BIO_set_callback_ex(bio, on_bio);
  BIO_set_callback_arg(bio, reinterpret_cast<char*>(connection));
  BIO_free(bio);
}

void Handshakes::on_closed(BIO* bio, SSL* connection) {
  auto node = connections_.extract(connection);
  if (!node.empty()) {
    Connection& state = node.mapped();
    if (!state.done && state.client && state.fault.empty())
      state.fault = "it closed the connection during the handshake";
    if (state.client && !state.done) tell_later(state);
  }
  std::erase_if(deadlines_, [&](const auto& one) { return one.second == connection; });
  BIO_set_callback_ex(bio, nullptr);
  BIO_up_ref(bio);  // the two that the SSL has, for reading and for writing
  BIO_up_ref(bio);
  SSL_free(connection);
}

void Handshakes::on_progress(SSL* connection, int where, int value) {
  const auto at = connections_.find(connection);
  if (at == connections_.end()) return;
  Connection& state = at->second;
  if (where & SSL_CB_HANDSHAKE_START && !state.done) begin(connection, state);
  if (where & SSL_CB_HANDSHAKE_DONE && !state.done) finish(connection, state);
  if (where & SSL_CB_ALERT && where & SSL_CB_READ && value >> 8 == SSL3_AL_FATAL && state.client) {
    state.fault = meaning_of_alert(value & 0xff);
    // TLS 1.3: a server that refuses our certificate says so when we are done.
    if (state.done) tell_later(state);
  }
  if (where & SSL_CB_EXIT && value <= 0 && !state.done && state.fault.empty())
    if (const unsigned long error = ERR_peek_error(); error != 0) state.fault = meaning_of_error(error);
}

void Handshakes::begin(SSL* connection, Connection& state) {
  take(connection, state);
  if (const Peer peer = peer_of_socket(SSL_get_fd(connection)); peer.port != 0) state.peer = peer;
  state.client = !SSL_is_server(connection);
  const std::string name = name_of(state.peer);
  // RFC 6066, 3: no address is a name.
  if (state.client && !name.empty() && !is_address(name)) SSL_set_tlsext_host_name(connection, name.c_str());
}

void Handshakes::finish(SSL* connection, Connection& state) {
  state.done = true;
  if (!state.client) return;
  faults_.erase(state.peer);
  if (!settings_.verify) return;
  const Handle<X509, X509_free> certificate(SSL_get1_peer_certificate(connection));
  state.fault = fault_of_certificate(certificate.get(), SSL_get_verify_result(connection), name_of(state.peer));
  if (state.fault.empty()) return;
  // The library reads this next, and closes.
  if (SSL_get_verify_result(connection) == X509_V_OK) SSL_set_verify_result(connection, X509_V_ERR_HOSTNAME_MISMATCH);
  tell_later(state);
}

void Handshakes::tell_later(const Connection& state) {
  if (state.peer.port == 0) return;
  const std::string name = name_of(state.peer);
  const std::string fault = "TLS with " + (name.empty() ? state.peer.address : name) + " failed: " + state.fault;
  if (faults_.size() >= most_faults) faults_.clear();
  faults_[state.peer] = fault;
  untold_.emplace_back(state.peer, fault);
  if (!soon_.running()) soon_.start(Duration(0), [this] { take_all(); });
}

void Handshakes::on_bytes(SSL* connection) {
  if (const auto at = connections_.find(connection); at != connections_.end())
    at->second.heard = std::chrono::steady_clock::now();
}

void Handshakes::end_late() {
  const auto now = std::chrono::steady_clock::now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    SSL* connection = deadlines_.extract(deadlines_.begin()).mapped();
    const auto at = connections_.find(connection);
    if (at == connections_.end()) continue;
    Connection& state = at->second;
    // The library closes an idle connection after a shorter time, but over TLS not one with half a message.
    if (state.done && state.heard + settings_.silence > now) {
      deadlines_.emplace(state.heard + settings_.silence, connection);
      continue;
    }
    if (!state.done) state.fault = "no handshake within " + seconds(settings_.limit);
    // The library sees the end of the stream.
    shutdown(SSL_get_fd(connection), SHUT_RDWR);
  }
  if (!deadlines_.empty())
    deadline_.start(std::chrono::ceil<Duration>(deadlines_.begin()->first - now), [this] { end_late(); });
}

}  // namespace base
