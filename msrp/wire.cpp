// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/wire.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace msrp {
namespace {

using base::Watch;
using Outcome = base::TlsConnection::Outcome;

constexpr const char* closed = "the peer closed the connection";

std::string lost(int error) { return std::string("the connection was lost: ") + std::strerror(error); }

bool is_temporary(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

Wire::Wire(base::Descriptor socket, base::Trace* trace)
    : socket_(std::move(socket)), peer_(base::peer_of_socket(socket_.number())), trace_(trace) {}

std::size_t Wire::read(std::span<char> room) {
  const std::size_t size = receive(room);
  if (size > 0 && trace_) trace("recv", "from", read_, {room.data(), size});
  return size;
}

std::size_t Wire::write(std::string_view bytes) {
  const std::size_t size = transmit(bytes);
  if (size > 0 && trace_) trace("send", "to", written_, bytes.substr(0, size));
  return size;
}

void Wire::trace(const char* verb, const char* word, base::Redaction& redaction, std::string_view bytes) {
  if (!trace_->wanted()) return redaction.skip(bytes);
  const std::string place = "[" + peer_.address + "]:" + std::to_string(peer_.port);
  trace_->write(std::string(verb) + " " + std::to_string(bytes.size()) + " bytes " + word + " " +
                    (secure() ? "tls/" : "tcp/") + place,
                redaction.take(bytes));
}

std::size_t Wire::receive(std::span<char> room) {
  if (broken()) return 0;
  if (tls_) return settle(tls_->read(room));
  const ssize_t size = recv(socket_.number(), room.data(), room.size(), 0);
  if (size > 0) return static_cast<std::size_t>(size);
  if (size == 0)
    fail(closed);
  else if (!is_temporary(errno))
    fail(lost(errno));
  return 0;
}

std::size_t Wire::transmit(std::string_view bytes) {
  if (broken()) return 0;
  if (tls_) return settle(tls_->write(bytes));
  const ssize_t size = send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size >= 0) return static_cast<std::size_t>(size);
  if (!is_temporary(errno)) fail(lost(errno));
  return 0;
}

std::size_t Wire::settle(base::TlsConnection::Result result) {
  if (result.outcome == Outcome::ended) fail(closed);
  if (result.outcome == Outcome::failed) fail("the connection was lost: " + tls_->fault());
  return result.outcome == Outcome::done ? result.size : 0;
}

void Wire::accept_tls(const base::TlsContext& context, Shaken shaken) {
  begin_tls(base::TlsConnection::accept(context, socket_), std::move(shaken));
}

void Wire::connect_tls(const base::TlsContext& context, const std::string& name, Shaken shaken) {
  begin_tls(base::TlsConnection::connect(context, socket_, name), std::move(shaken));
}

void Wire::begin_tls(base::TlsConnection connection, Shaken shaken) {
  tls_ = std::make_unique<base::TlsConnection>(std::move(connection));
  shaken_ = std::move(shaken);
  shake_hands();
}

void Wire::shake_hands() {
  const Outcome outcome = tls_->shake_hands();
  await_bytes(outcome == Outcome::wants_bytes ? [this] { shake_hands(); } : Call());
  await_room(outcome == Outcome::wants_room ? [this] { shake_hands(); } : Call());
  if (outcome == Outcome::wants_bytes || outcome == Outcome::wants_room) return;
  // The call may destroy this.
  const Shaken shaken = std::exchange(shaken_, nullptr);
  if (outcome == Outcome::done) return shaken({});
  const std::string fault = outcome == Outcome::ended ? "it closed the connection during the handshake" : tls_->fault();
  fail("TLS failed: " + fault);
  shaken("TLS failed: " + fault);
}

std::optional<char> Wire::peek() {
  char first = 0;
  const ssize_t size = recv(socket_.number(), &first, 1, MSG_PEEK);
  if (size == 1) return first;
  if (size == 0)
    fail(closed);
  else if (!is_temporary(errno))
    fail(lost(errno));
  return {};
}

void Wire::end_writing() { shutdown(socket_.number(), SHUT_WR); }

void Wire::await_bytes(Call call) {
  reading_ = call ? std::make_unique<Watch>(socket_, Watch::For::reading, std::move(call)) : nullptr;
}

void Wire::await_room(Call call) {
  writing_ = call ? std::make_unique<Watch>(socket_, Watch::For::writing, std::move(call)) : nullptr;
}

void Wire::fail(const std::string& fault) {
  fault_ = fault;
  // It would be ready for ever. A watch that is at work is kept by GLib until it is done.
  reading_.reset();
  writing_.reset();
}

}  // namespace msrp
