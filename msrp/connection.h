// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <memory>
#include <string_view>

#include "msrp/link.h"
#include "msrp/surroundings.h"
#include "msrp/wire.h"

namespace msrp {

// Whoever has a chat on a connection. It is called from the loop, and may leave the connection then, or drop it.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  // The chat may have events, or the wire is broken.
  virtual void on_progress() = 0;
};

// Drives a Link over one wire: gives it the bytes and the time, and writes what it says. Those whose chats it carries
// share it; it is closed when the last of them drops it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Bytes that are written before others have their turn.
  static constexpr std::size_t most_at_once = 32768;
  static constexpr std::size_t largest_read = 65536;
  // How long a session that cannot be had yet may hold up the others: by far less than an answer to them may take.
  static constexpr Duration hold_time = transaction_time / 3;

  // Where sessions that are not here are asked for, as Link::Admit has it.
  using Admit = std::function<std::optional<unsigned>(const Request& request, Connection& connection)>;

  // Made by std::make_shared() only.
  Connection(base::Scheduler& scheduler, const Clock& clock, Wire wire, Admit admit);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The chat is connected. It leaves before it is destroyed, and so does its owner.
  void join(Chat& chat, ConnectionOwner& owner);
  // Nothing of the chat is written any more, and what is for it is refused. Until then one that has ended is silent.
  void leave(Chat& chat);
  // What came before it was made.
  void begin(std::string_view bytes);
  // The chat was given something to say.
  void send_soon(Chat& chat);
  // A session that could not be had yet may be had now, or never.
  void ask_again();

  const Wire& wire() const { return wire_; }
  // Further chats can join.
  bool lives() const { return !members_.empty() && !wire_.broken(); }

 private:
  struct Member {
    Member(Chat& its_chat, ConnectionOwner& its_owner, base::Scheduler& scheduler)
        : chat(its_chat), owner(its_owner), deadline(scheduler) {}
    Chat& chat;
    ConnectionOwner& owner;
    Time due{};  // when the deadline is, while it runs
    base::Timer deadline;
  };

  void on_bytes();
  void on_room();
  void on_time();
  void on_time_of(Member& member);
  void go_on_soon();
  void go_on(Time now);
  void write(Time now);
  void arm(Time now);
  void arm(Member& member, Time now);

  base::Scheduler& scheduler_;
  const Clock& clock_;
  Wire wire_;
  Link link_;
  std::map<const Chat*, Member> members_;
  base::Timer deadline_;
  Time due_{};
  base::Timer soon_;
  bool asks_ = false;
  base::Timer patience_;  // for a session that cannot be had yet
};

}  // namespace msrp
