// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/connection.h"

#include <algorithm>
#include <array>
#include <utility>

namespace msrp {

Connection::Connection(base::Scheduler& scheduler, const Clock& clock, Wire wire, Chat& chat, ConnectionOwner& owner)
    : clock_(clock), wire_(std::move(wire)), chat_(chat), owner_(owner), deadline_(scheduler), soon_(scheduler) {}

void Connection::begin(std::string_view bytes) {
  const Time now = clock_();
  chat_.connect(now);
  if (!bytes.empty()) chat_.receive(bytes, now);
  send_soon();
}

void Connection::send_soon() {
  // What is given in one turn leaves together.
  if (!soon_.running()) soon_.start(base::Duration(0), [this] { on_room(); });
}

void Connection::stop() {
  wire_.await_bytes(nullptr);
  wire_.await_room(nullptr);
  deadline_.stop();
  soon_.stop();
}

void Connection::on_bytes() {
  std::array<char, largest_read> room;
  const std::size_t size = wire_.read(room);
  const Time now = clock_();
  if (size > 0) chat_.receive({room.data(), size}, now);
  go_on(now);
}

void Connection::on_room() { go_on(clock_()); }

void Connection::on_time() {
  const Time now = clock_();
  const auto deadline = chat_.deadline();
  if (deadline && *deadline <= now) chat_.expire(now);
  go_on(now);
}

// The last thing that is done in a turn: the owner may destroy this.
void Connection::go_on(Time now) {
  write(now);
  if (!wire_.broken() && wire_.awaits_bytes() != chat_.wants_bytes())
    wire_.await_bytes(chat_.wants_bytes() ? [this] { on_bytes(); } : Wire::Call());
  arm(now);
  owner_.on_progress();
}

void Connection::write(Time now) {
  std::size_t left = most_at_once;
  std::string_view waiting;
  while (left > 0 && !(waiting = chat_.output(now)).empty()) {
    const std::size_t size = wire_.write(waiting.substr(0, left));
    if (size == 0) break;
    chat_.written(size, now);
    left -= size;
  }
  const bool more = !wire_.broken() && !chat_.output(now).empty();
  if (more != wire_.awaits_room()) wire_.await_room(more ? [this] { on_room(); } : Wire::Call());
}

// Deadlines move with each message, and almost never come: a timer that finds its deadline moved starts again.
void Connection::arm(Time now) {
  const auto deadline = chat_.deadline();
  if (!deadline || (deadline_.running() && due_ <= *deadline)) return;
  due_ = *deadline;
  deadline_.start(std::max(base::Duration(0), std::chrono::ceil<base::Duration>(due_ - now)), [this] { on_time(); });
}

}  // namespace msrp
