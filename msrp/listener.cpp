// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/listener.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "msrp/writer.h"

namespace msrp {
namespace {

constexpr unsigned ok = 200, bad_request = 400, no_session = 481;
constexpr Duration until_descriptors(1000);
constexpr char tls_handshake = 22;
// Before the head of the first request is whole. The parser has a limit of its own, but for empty lines.
constexpr std::size_t most_bytes = 2 * longest_head;

}  // namespace

Listener::Listener(Surroundings& surroundings) : surroundings_(surroundings), again_(surroundings.scheduler) {}

void Listener::add(const std::string& session_id, Reachable& stream) {
  if (!socket_) open();
  streams_.emplace(session_id, &stream);
}

void Listener::remove(const std::string& session_id) {
  streams_.erase(session_id);
  if (!streams_.empty()) return;
  watch_.reset();
  again_.stop();
  guests_.clear();
  socket_ = base::Descriptor();
  port_ = 0;
}

void Listener::open() {
  const ChatSettings settings = surroundings_.settings();
  base::Descriptor socket = listen_on(settings.local_port, settings.local_address);
  if (!socket)
    throw base::Error(base::Errc::chat_failure, "no chat can be reached on port " +
                                                    std::to_string(settings.local_port) + ": " + std::strerror(errno));
  socket_ = std::move(socket);
  port_ = local_port_of(socket_);
  watch_ = std::make_unique<base::Watch>(socket_, base::Watch::For::reading, [this] { accept(); });
}

void Listener::accept() {
  for (std::size_t i = 0; i < most_at_once; ++i) {
    // Nobody makes way for nobody.
    if (!somebody_waits(socket_) || !make_room()) return;
    base::Descriptor socket = accept_from(socket_);
    if (socket) {
      receive(Wire(std::move(socket), surroundings_.trace));
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      base::log::warning("a connection for a chat must wait", {{"REASON", std::strerror(errno)}});
      accept_again(until_descriptors);
    }
    return;
  }
}

// Until then the socket would be ready all the time.
void Listener::accept_again(Duration after) {
  watch_.reset();
  again_.start(after, [this] {
    watch_ = std::make_unique<base::Watch>(socket_, base::Watch::For::reading, [this] { accept(); });
  });
}

void Listener::receive(Wire wire) {
  const Position guest =
      guests_.emplace(guests_.end(), std::move(wire), surroundings_.clock(), surroundings_.scheduler);
  guest->limit.start(guest_time, [this, guest] { leave(guest); });
  guest->wire.await_bytes([this, guest] { on_first_byte(guest); });
}

// A newcomer takes the place of the oldest of the address that has most, but for the youngest: many friends who come at
// once say who they are soon, and the next ones can wait for that in the kernel.
bool Listener::make_room() {
  if (guests_.size() < most_guests) return true;
  std::map<std::string, std::size_t> counts;
  for (const Guest& guest : guests_) ++counts[guest.wire.peer().address];
  const std::string& most = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
                              return a.second < b.second;
                            })->first;
  const Position oldest = std::find_if(guests_.begin(), guests_.end(),
                                       [&](const Guest& guest) { return guest.wire.peer().address == most; });
  const Duration age = std::chrono::floor<Duration>(surroundings_.clock() - oldest->since);
  if (age < grace)
    accept_again(grace - age);
  else
    guests_.erase(oldest);
  return age >= grace;
}

void Listener::leave(Position guest) {
  guests_.erase(guest);
  if (socket_ && !watch_) accept_again(Duration(0));
}

// TLS or not, the first byte says which (RFC 8446, 5.1): both kinds of chat share the port.
void Listener::on_first_byte(Position guest) {
  const auto first = guest->wire.peek();
  if (guest->wire.broken()) return leave(guest);
  if (!first) return;
  if (*first != tls_handshake) return begin(guest, {});
  if (!surroundings_.tls) return leave(guest);
  guest->wire.accept_tls(*surroundings_.tls, [this, guest](const std::string& fault) { begin(guest, fault); });
}

void Listener::begin(Position guest, const std::string& fault) {
  if (!fault.empty()) return leave(guest);
  guest->wire.await_bytes([this, guest] { on_bytes(guest); });
}

void Listener::on_bytes(Position guest) {
  std::array<char, 16384> room;
  const std::size_t size = guest->wire.read(room);
  if (size > 0 && !guest->refused) {
    guest->bytes.append(room.data(), size);
    std::string_view fresh(room.data(), size);
    const auto event = guest->parser.next(fresh);
    if (event) return judge(guest, *event);
  }
  // What comes after a refusal is read, so that the end of the connection does not overtake its answer.
  if (guest->wire.broken() || guest->bytes.size() > most_bytes) leave(guest);
}

void Listener::judge(Position guest, const Event& event) {
  if (const auto* fault = std::get_if<Fault>(&event); fault && fault->remedy == Fault::Remedy::answer)
    return dismiss(guest, fault->request, bad_request);
  const auto* request = std::get_if<Request>(&event);
  if (!request || request->headers.to_path.empty()) return leave(guest);
  const Path& to = request->headers.to_path;
  const auto stream = streams_.find(to.front().session_id);
  const unsigned code = stream == streams_.end() ? no_session : stream->second->admit(*request, guest->wire);
  if (code != ok) return dismiss(guest, *request, code);
  guest->wire.await_bytes(nullptr);
  Arrival arrival{std::move(guest->wire), std::move(guest->bytes), *request};
  leave(guest);
  stream->second->take(std::move(arrival));
}

std::optional<unsigned> Listener::admit(const Request& request, Connection& connection) {
  const Path& to = request.headers.to_path;
  const auto stream = to.empty() ? streams_.end() : streams_.find(to.front().session_id);
  return stream == streams_.end() ? no_session : stream->second->join(request, connection);
}

void Listener::dismiss(Position guest, const Request& request, unsigned code) {
  std::string bytes;
  if (wants_answer(request, code)) write(answer(request, code), bytes);
  guest->wire.write(bytes);
  guest->wire.end_writing();
  if (guest->wire.broken()) return leave(guest);
  guest->refused = true;
  guest->limit.start(farewell, [this, guest] { leave(guest); });
}

void Listener::refuse(Arrival arrival, unsigned code) {
  if (!socket_) return;
  const Position guest =
      guests_.emplace(guests_.end(), std::move(arrival.wire), surroundings_.clock(), surroundings_.scheduler);
  guest->wire.await_bytes([this, guest] { on_bytes(guest); });
  dismiss(guest, arrival.request, code);
}

}  // namespace msrp
