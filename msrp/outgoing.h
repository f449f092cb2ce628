// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <deque>
#include <map>
#include <unordered_map>

#include "msrp/chat_values.h"
#include "msrp/ranges.h"
#include "msrp/writer.h"

namespace msrp {

// What one session sends: messages in chunks, several under way at a time, and for each exactly one verdict.
class Outgoing {
 public:
  static constexpr std::size_t smallest_chunk = 2048, largest_chunk = 65536;
  // Requests that may be without an answer at a time, and their bytes.
  static constexpr unsigned most_in_flight = 64;
  static constexpr std::size_t most_bytes_in_flight = 512'000;
  // Messages without a verdict, and bytes of them that are not handed out.
  static constexpr std::size_t most_messages = 10'000;
  static constexpr std::size_t most_bytes = 64'000'000;
  // A report on a message may take the time of a transaction, and the time that its bytes need to the end of a slow
  // path.
  static constexpr std::size_t slowest_path = 65536;  // bytes a second

  Outgoing(Path to_path, Path from_path, std::size_t chunk_size, Random random);

  // Each id is new. Throws base::Error limit_reached.
  std::string add(Draft draft);
  // The same, and its fate is of no interest.
  void add_notice(Draft draft);
  // An id for what cannot be sent at all: its verdict is there at once.
  std::string refuse(unsigned code, const std::string& reason);

  // Appends the next chunk. False if there is none, or too many are without an answer.
  bool write_next(std::string& out, Time now);

  bool answered(const Response& response, Time now);  // false: nothing of ours
  void reported(const Request& report);
  void expire(Time now);
  std::optional<Time> deadline() const;
  // All that has no verdict is not delivered.
  void fail_all(unsigned code, const std::string& reason);

  std::optional<Verdict> next_verdict();
  // Transactions that got no answer, since the last one that did.
  unsigned unanswered() const { return unanswered_; }
  std::size_t waiting() const { return messages_.size(); }

 private:
  using Reports = std::multimap<Time, std::string>;
  struct Message {
    Draft draft;
    std::size_t size = 0;
    bool notice = false;
    std::uint64_t number = 0;  // in the order of queueing
    std::size_t sent = 0;      // bytes handed out
    bool all_sent = false;     // and its body is gone
    unsigned unanswered = 0;   // chunks
    Ranges reported{};
    std::optional<Reports::iterator> report_due{};
  };
  struct Transaction {
    std::string id;
    std::string message_id;
    std::size_t size = 0;
    bool counted = false;  // an answer must come
    Time deadline{};
  };

  std::string queue(Draft draft, bool notice);
  Message* choose(std::string& id);
  Message* first_of(std::deque<std::string>& ids);
  bool may_send(const Message& message) const;
  void write_chunk(const std::string& id, Message& message, std::string& out, Time now);
  void write_abort(std::string& out);
  void settle(const std::string& id, Message& message, Time now);
  void close(const Transaction& transaction);
  void conclude(const std::string& id, Verdict verdict);

  Path to_path_, from_path_;
  std::size_t chunk_size_;
  Random random_;
  std::unordered_map<std::string, Message> messages_;  // those without a verdict
  std::deque<std::string> short_, long_;               // ids of those with bytes to send; some are concluded already
  bool long_is_next_ = false;
  std::deque<Headers> aborts_;            // of messages that were begun and will not be ended
  std::deque<Transaction> transactions_;  // in the order of their deadlines
  unsigned in_flight_ = 0;
  std::size_t bytes_in_flight_ = 0;
  std::size_t bytes_waiting_ = 0;
  unsigned unanswered_ = 0;
  std::uint64_t queued_ = 0;
  Reports reports_;  // when they are due
  std::deque<Verdict> verdicts_;
};

}  // namespace msrp
