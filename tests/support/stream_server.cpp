// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/stream_server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace test {

using Clock = std::chrono::steady_clock;

StreamServer::StreamServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, raw, length) != 0 || ::listen(listener_, 5) != 0 || ::getsockname(listener_, raw, &length) != 0)
    throw std::runtime_error("no socket for a server");
  port_ = ntohs(address.sin_port);
}

StreamServer::~StreamServer() {
  close_connection();
  ::close(listener_);
}

std::string StreamServer::host() const { return "127.0.0.1:" + std::to_string(port_) + ";transport=tcp"; }

void StreamServer::close_connection() {
  if (connection_ >= 0) ::close(std::exchange(connection_, -1));
  read_.clear();
}

bool StreamServer::read(Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
  pollfd polls[] = {{listener_, POLLIN, 0}, {connection_, POLLIN, 0}};
  if (left <= 0 || ::poll(polls, 2, static_cast<int>(left)) <= 0) return false;
  if (polls[0].revents != 0) {
    close_connection();
    connection_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    ++connections_;
    return true;
  }
  std::array<char, 4096> block{};
  const ssize_t count = ::recv(connection_, block.data(), block.size(), 0);
  if (count > 0)
    read_.append(block.data(), static_cast<std::size_t>(count));
  else
    close_connection();
  return true;
}

void StreamServer::take_pings() {
  const std::size_t count = std::min(read_.find_first_not_of("\r\n"), read_.size());
  pings_ += count;
  read_.erase(0, count);
}

SipMessage StreamServer::receive(std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  for (;;) {
    take_pings();
    if (const auto at = read_.find("\r\n\r\n"); at != read_.npos) {
      const SipMessage head{read_.substr(0, at + 4)};
      const std::size_t size = at + 4 + std::stoul("0" + head.header("Content-Length"));
      if (read_.size() >= size) {
        const SipMessage message{read_.substr(0, size)};
        read_.erase(0, size);
        return message;
      }
    }
    if (!read(end)) throw std::runtime_error("no message came by TCP");
  }
}

std::size_t StreamServer::wait_for_pings(std::size_t bytes, std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  for (take_pings(); pings_ < bytes; take_pings())
    if (!read(end)) break;
  return pings_;
}

void StreamServer::send(const std::string& bytes) const {
  if (::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
    throw std::runtime_error("the daemon closed the connection");
}

void StreamServer::reply(const SipMessage& request, const std::string& status, const std::string& headers) const {
  send("SIP/2.0 " + status + "\r\n" + request.headers("Via") + request.headers("From") + "To: " + request.header("To") +
       ";tag=server\r\n" + request.headers("Call-ID") + request.headers("CSeq") + headers +
       "Content-Length: 0\r\n\r\n");
}

}  // namespace test
