// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <deque>
#include <map>

#include "msrp/chat_values.h"

namespace msrp {

// Bytes of messages that are not whole, of all sessions together.
struct Budget {
  std::size_t most = 64'000'000;
  std::size_t of_session = 8'000'000;  // besides a whole message
  std::size_t of_short = 65'536;       // a message up to this size is taken even when others have used up all
  std::size_t used = 0;
};

// Puts messages together from the chunks of one session, which may come in any order, twice, overlapping and with gaps.
class Reassembly {
 public:
  static constexpr std::size_t most_half_open = 16;                // messages at a time
  static constexpr std::size_t most_later = 256;                   // pieces of one message behind a gap
  static constexpr std::size_t most_settled = 64;                  // ids that are remembered after their end
  static constexpr Duration patience = std::chrono::seconds(120);  // for the next chunk of a message

  // The size is that of a content: a body that is a wrapper may have longest_cpim_head besides. The budget outlives it.
  Reassembly(std::size_t max_message_size, Budget& budget) : max_message_size_(max_message_size), budget_(budget) {}
  ~Reassembly() { clear(); }
  Reassembly(const Reassembly&) = delete;
  Reassembly& operator=(const Reassembly&) = delete;

  // One chunk: begin, its pieces, end. Each says 200, or the code with which the chunk is refused; then the whole
  // message is forgotten, and the rest of the chunk is not to be given.
  unsigned begin(const Headers& headers);
  unsigned add(std::string_view piece);
  struct Ended {
    unsigned code = 200;
    std::optional<std::string> whole;  // the body of the message, if this chunk completed it
  };
  Ended end(Flag flag, Time now);

  // Forgets what waits in vain.
  void expire(Time now);
  std::optional<Time> deadline() const;
  void clear();

  std::size_t half_open() const { return messages_.size(); }

 private:
  struct Message {
    std::string bytes;                           // from the first on, without a gap
    std::map<std::uint64_t, std::string> later;  // by position, not overlapping
    std::uint64_t furthest = 0;                  // the end of the last byte that came
    std::optional<std::uint64_t> total;          // as Byte-Range says
    std::optional<std::uint64_t> end;            // as "$" says
    std::size_t held = 0;                        // bytes counted in the budget
    Time last{};
  };

  unsigned take_up();
  bool hold(std::size_t size);
  void give_back(std::size_t size);
  bool add_later(std::string_view piece);
  void cut_later(std::uint64_t begin, std::uint64_t end);
  void join_later();
  unsigned drop(unsigned code);
  void release(Message& message);
  void remember(unsigned code);

  std::size_t max_message_size_;
  Budget& budget_;
  std::size_t held_ = 0;  // of it
  std::map<std::string, Message, std::less<>> messages_;
  struct Settled {
    std::string id;
    unsigned code;
  };
  std::deque<Settled> settled_;

  // The chunk under way.
  std::string id_;
  Message message_;
  std::size_t most_ = 0;  // bytes that it may have
  ByteRange range_;
  std::uint64_t position_ = 0;
  bool from_start_ = false;  // the chunk is the first that came of its message, and begins it
  bool overrun_ = false;     // it was longer than its Byte-Range says
  bool duplicate_ = false;   // of a message that is whole already
};

}  // namespace msrp
