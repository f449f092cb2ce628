// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <utility>

#include "msrp/chat.h"
#include "msrp/parser.h"

namespace msrp {

// One connection and the chats that share it (RFC 4975, 5.4): gives each what is for its session, and lets them speak
// in turn. It has no socket and no clock, as they. After each call that takes the time, what was touched is to be
// collected.
class Link {
 public:
  // Bytes that are prepared while the socket takes none, and those at which nothing more is to be read from the peer.
  static constexpr std::size_t most_ahead = 65536;
  static constexpr std::size_t most_output = 1'000'000;
  // Of a body that is for nobody here, for one whose chat has left in the middle of it, too.
  static constexpr std::size_t most_refused = 16'000'000;

  // Asked about the first request for a session that is not here: the code of its answer, 200 if it has been added now;
  // nothing if that cannot be said yet, and then no more is read until resume().
  using Admit = std::function<std::optional<unsigned>(const Request& request)>;

  // Without a question, who is not here is told 481.
  explicit Link(Admit admit = {}) : admit_(std::move(admit)) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // No two with the same session id. A chat leaves before it is destroyed, and may do so at any time, but for within a
  // call of the link that is not the question.
  void add(Chat& chat);
  void remove(Chat& chat);
  bool has(const Chat& chat) const;
  // It may have something to say.
  void wake(Chat& chat);

  void receive(std::string_view bytes, Time now);
  bool holds() const { return held_.has_value(); }
  // Asks again. At last: then nothing is 481.
  void resume(bool at_last, Time now);
  // Not while the peer takes none of ours.
  bool wants_bytes() const { return !broken_ && !held_ && output_.size() - output_begin_ < most_output; }
  std::string_view output(Time now);  // is to be written
  void written(std::size_t size, Time now);
  void expire(Time now);  // at the deadline, or later; that of each chat is its own
  std::optional<Time> deadline() const;

  // Those to which something came, or of which something was sent, since the last time.
  std::vector<Chat*> take_touched() { return std::exchange(touched_, {}); }

 private:
  void read(std::string_view bytes, Time now);
  void handle(Event&& event, std::size_t size, Time now);
  void begin(Request&& request, std::size_t size, Time now);
  void skip(const Event& event);
  Chat* find(const Path& to) const;
  void touch(Chat& chat);
  void refuse(const Request& request, unsigned code);
  void fail(unsigned code, const std::string& reason);

  Admit admit_;
  Parser parser_;
  std::map<std::string, Chat*, std::less<>> chats_;  // by their session ids
  std::deque<Chat*> ready_;                          // that may have something to say
  std::vector<Chat*> touched_;
  Chat* current_ = nullptr;  // whose the message is that comes; null: nobody's
  std::size_t refused_ = 0;  // bytes of it, if it is nobody's
  std::size_t unread_ = 0;   // bytes that came since the last event
  std::optional<Request> held_;
  std::string rest_;  // what came after it
  bool broken_ = false;
  std::string output_;
  std::size_t output_begin_ = 0;           // what was written before it
  std::optional<Time> drain_deadline_;     // by which the peer must have taken something
  std::optional<Time> progress_deadline_;  // by which it must have sent more of what it has begun
  std::size_t progress_ = 0;
};

}  // namespace msrp
