// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/wire.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace msrp {
namespace {

using base::Watch;

bool is_temporary(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

Wire::Wire(base::Descriptor socket) : socket_(std::move(socket)), peer_(peer_of(socket_).value_or(Place{})) {}

std::size_t Wire::read(std::span<char> room) {
  if (broken()) return 0;
  const ssize_t size = recv(socket_.number(), room.data(), room.size(), 0);
  if (size > 0) return static_cast<std::size_t>(size);
  if (size == 0)
    fail("the peer closed the connection");
  else if (!is_temporary(errno))
    fail(std::string("the connection was lost: ") + std::strerror(errno));
  return 0;
}

std::size_t Wire::write(std::string_view bytes) {
  if (broken()) return 0;
  const ssize_t size = send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size >= 0) return static_cast<std::size_t>(size);
  if (!is_temporary(errno)) fail(std::string("the connection was lost: ") + std::strerror(errno));
  return 0;
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
