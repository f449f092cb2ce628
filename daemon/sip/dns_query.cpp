// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/dns_query.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <random>
#include <utility>

#include "base/handle.h"

namespace sip::dns {
namespace {

using namespace std::chrono_literals;

constexpr auto next_try = 1s;              // without a reply, the next name server gets the question too
constexpr unsigned most_empty_rounds = 3;  // in which no name server was there: one that restarts is back by then
constexpr std::size_t longest_packet = 65535;

std::string text_of(const NameServer& server) { return server.address + " port " + std::to_string(server.port); }

}  // namespace

Exchange::Exchange(const NameServer& server, const Question& question, std::function<void(const Answer&)> done)
    : server_(server), question_(question), done_(std::move(done)) {}

// Connected, so that the kernel takes packets from this server alone and tells when nobody listens there.
bool Exchange::open(int type) {
  watch_.reset();
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = type;
  addrinfo* found = nullptr;
  if (getaddrinfo(server_.address.c_str(), std::to_string(server_.port).c_str(), &hints, &found) != 0) {
    errno = EADDRNOTAVAIL;
    return false;
  }
  const base::Handle<addrinfo, freeaddrinfo> owner(found);
  socket_ = base::Descriptor(socket(found->ai_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_) return false;
  return connect(socket_.number(), found->ai_addr, found->ai_addrlen) == 0 || errno == EINPROGRESS;
}

bool Exchange::start(std::string& detail) {
  id_ = static_cast<std::uint16_t>(std::random_device{}());
  const auto packet = query(id_, question_);
  if (open(SOCK_DGRAM) && send(socket_.number(), packet->data(), packet->size(), MSG_NOSIGNAL) >= 0) {
    watch_ = std::make_unique<base::Watch>(socket_, base::Watch::For::reading, [this] { read_packet(); });
    return true;
  }
  detail = text_of(server_) + ": " + std::strerror(errno);
  return false;
}

void Exchange::read_packet() {
  std::array<char, longest_packet> packet;
  const ssize_t size = recv(socket_.number(), packet.data(), packet.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) return fail(errno);
  auto reply = read_reply({packet.data(), static_cast<std::size_t>(size)}, id_, question_);
  if (!reply) return;  // not what we asked: the true reply may still come
  if (!reply->truncated) return finish(std::move(reply->answer));
  if (!start_stream()) fail(errno);
}

// RFC 7766: the query with its length before it.
bool Exchange::start_stream() {
  id_ = static_cast<std::uint16_t>(std::random_device{}());
  const auto packet = query(id_, question_);
  bytes_ = {static_cast<char>(packet->size() >> 8), static_cast<char>(packet->size() & 0xff)};
  bytes_ += *packet;
  if (!open(SOCK_STREAM)) return false;
  watch_ = std::make_unique<base::Watch>(socket_, base::Watch::For::writing, [this] { write_stream(); });
  return true;
}

void Exchange::write_stream() {
  const ssize_t size = send(socket_.number(), bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) return fail(errno);
  bytes_.erase(0, static_cast<std::size_t>(size));
  if (bytes_.empty())
    watch_ = std::make_unique<base::Watch>(socket_, base::Watch::For::reading, [this] { read_stream(); });
}

void Exchange::read_stream() {
  std::array<char, 16384> part;
  const ssize_t size = recv(socket_.number(), part.data(), part.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return fail(size < 0 ? errno : ECONNRESET);
  bytes_.append(part.data(), static_cast<std::size_t>(size));
  if (bytes_.size() < 2) return;
  const std::size_t length = static_cast<unsigned char>(bytes_[0]) << 8 | static_cast<unsigned char>(bytes_[1]);
  if (bytes_.size() < 2 + length) return;
  auto reply = read_reply(std::string_view(bytes_).substr(2, length), id_, question_);
  if (!reply || reply->truncated) return fail(EPROTO);
  finish(std::move(reply->answer));
}

void Exchange::finish(Answer answer) {
  watch_.reset();
  const auto done = std::exchange(done_, nullptr);
  done(answer);
}

void Exchange::fail(int error) {
  Answer answer;
  answer.outcome = Outcome::unreachable;
  answer.detail = text_of(server_) + ": " + std::strerror(error);
  finish(std::move(answer));
}

Query::Query(base::Scheduler& scheduler, std::vector<NameServer> servers, Question question, base::Duration limit,
             std::function<void(const Answer&, const NameServer&)> done)
    : servers_(std::move(servers)),
      question_(std::move(question)),
      done_(std::move(done)),
      next_(scheduler),
      limit_(scheduler) {
  limit_.start(limit, [this] { finish({Outcome::silence}, 0); });
  if (!query(0, question_))
    next_.start(0ms, [this] { finish({Outcome::no_such_name}, 0); });
  else
    next_.start(0ms, [this] { try_next(); });
}

void Query::try_next() {
  std::size_t server = tries_++ % servers_.size();
  while (failed_.contains(server)) server = tries_++ % servers_.size();
  next_.start(next_try, [this] { try_next(); });
  exchanges_.push_back(std::make_unique<Exchange>(servers_[server], question_, [this, server](const Answer& answer) {
    if (answer.outcome == Outcome::unreachable)
      on_unreachable(server, std::string(answer.detail));
    else
      on_answer(server, Answer(answer));
  }));
  std::string detail;
  if (!exchanges_.back()->start(detail)) on_unreachable(server, detail);
}

void Query::on_answer(std::size_t server, const Answer& answer) {
  if (answer.outcome != Outcome::failure) return finish(answer, server);
  failed_.insert(server);
  if (failed_.size() == servers_.size()) return finish(answer, server);
  try_next();
}

// The next one at once; after all of them, they get time to come back.
void Query::on_unreachable(std::size_t server, const std::string& detail) {
  unreachable_.insert(server);
  if (unreachable_.size() + failed_.size() < servers_.size()) return next_.start(0ms, [this] { try_next(); });
  unreachable_.clear();
  if (++empty_rounds_ < most_empty_rounds) return;
  Answer answer;
  answer.outcome = failed_.empty() ? Outcome::unreachable : Outcome::failure;
  answer.detail = detail;
  finish(answer, server);
}

void Query::finish(const Answer& answer, std::size_t server) {
  next_.stop();
  limit_.stop();
  const auto done = std::exchange(done_, nullptr);
  if (done) done(answer, servers_[server]);
}

}  // namespace sip::dns
