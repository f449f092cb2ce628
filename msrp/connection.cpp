// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/connection.h"

#include <algorithm>
#include <array>
#include <utility>

namespace msrp {

Connection::Connection(base::Scheduler& scheduler, const Clock& clock, Wire wire, Admit admit)
    : scheduler_(scheduler),
      clock_(clock),
      wire_(std::move(wire)),
      link_(admit ? [this, admit](const Request& request) { return admit(request, *this); } : Link::Admit()),
      deadline_(scheduler),
      soon_(scheduler),
      patience_(scheduler) {}

void Connection::join(Chat& chat, ConnectionOwner& owner) {
  const bool shared = !members_.empty();
  const Time now = clock_();
  link_.add(chat);
  Member& member = members_.try_emplace(&chat, chat, owner, scheduler_).first->second;
  chat.connect(now, shared);
  arm(member, now);
  send_soon(chat);
}

void Connection::leave(Chat& chat) {
  link_.remove(chat);
  members_.erase(&chat);
}

void Connection::begin(std::string_view bytes) { link_.receive(bytes, clock_()); }

void Connection::send_soon(Chat& chat) {
  link_.wake(chat);
  go_on_soon();
}

void Connection::ask_again() {
  asks_ = true;
  go_on_soon();
}

// What is given in one turn leaves together.
void Connection::go_on_soon() {
  if (!soon_.running()) soon_.start(base::Duration(0), [this] { on_room(); });
}

void Connection::on_bytes() {
  std::array<char, largest_read> room;
  const std::size_t size = wire_.read(room);
  const Time now = clock_();
  if (size > 0) link_.receive({room.data(), size}, now);
  go_on(now);
}

void Connection::on_room() {
  const Time now = clock_();
  if (std::exchange(asks_, false)) link_.resume(false, now);
  go_on(now);
}

void Connection::on_time() {
  const Time now = clock_();
  link_.expire(now);
  go_on(now);
}

void Connection::on_time_of(Member& member) {
  const Time now = clock_();
  const auto deadline = member.chat.deadline();
  if (deadline && *deadline <= now) member.chat.expire(now);
  link_.wake(member.chat);
  go_on(now);
}

// The last thing that is done in a turn: the owners may leave, and drop this.
void Connection::go_on(Time now) {
  const std::shared_ptr<Connection> self = shared_from_this();
  write(now);
  if (!wire_.broken() && wire_.awaits_bytes() != link_.wants_bytes())
    wire_.await_bytes(link_.wants_bytes() ? [this] { on_bytes(); } : Wire::Call());
  arm(now);
  std::vector<Chat*> touched = link_.take_touched();
  if (wire_.broken()) {
    touched.clear();
    for (const auto& [key, member] : members_) touched.push_back(&member.chat);
  }
  for (const Chat* chat : touched) arm(members_.at(chat), now);
  for (const Chat* chat : touched)
    if (const auto member = members_.find(chat); member != members_.end()) member->second.owner.on_progress();
}

void Connection::write(Time now) {
  std::size_t left = most_at_once;
  std::string_view waiting;
  while (left > 0 && !(waiting = link_.output(now)).empty()) {
    const std::size_t size = wire_.write(waiting.substr(0, left));
    if (size == 0) break;
    link_.written(size, now);
    left -= size;
  }
  const bool more = !wire_.broken() && !link_.output(now).empty();
  if (more != wire_.awaits_room()) wire_.await_room(more ? [this] { on_room(); } : Wire::Call());
}

void Connection::arm(Time now) {
  if (!link_.holds())
    patience_.stop();
  else if (!patience_.running())
    patience_.start(hold_time, [this] {
      const Time late = clock_();
      link_.resume(true, late);
      go_on(late);
    });
  const auto deadline = link_.deadline();
  if (!deadline || (deadline_.running() && due_ <= *deadline)) return;
  due_ = *deadline;
  deadline_.start(std::max(base::Duration(0), std::chrono::ceil<base::Duration>(due_ - now)), [this] { on_time(); });
}

// Deadlines move with each message, and almost never come: a timer that finds its deadline moved starts again.
void Connection::arm(Member& member, Time now) {
  const auto deadline = member.chat.deadline();
  if (!deadline || (member.deadline.running() && member.due <= *deadline)) return;
  member.due = *deadline;
  member.deadline.start(std::max(base::Duration(0), std::chrono::ceil<base::Duration>(member.due - now)),
                        [this, &member] { on_time_of(member); });
}

}  // namespace msrp
