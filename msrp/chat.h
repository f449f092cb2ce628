// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "msrp/letter.h"
#include "msrp/outgoing.h"
#include "msrp/parser.h"
#include "msrp/reassembly.h"

namespace msrp {

// One MSRP session between its two ends (RFC 4975). It has no socket and no clock: bytes and the time go in; bytes,
// events and the time at which it wants to be called again come out, and are to be collected after each call. A message
// that was taken gets exactly one verdict, whatever happens.
class Chat {
 public:
  // Bytes that are prepared while the socket takes none, and those at which nothing more is to be read from the peer.
  static constexpr std::size_t most_ahead = 65536;
  static constexpr std::size_t most_output = 1'000'000;

  // The paths are not empty. The budget outlives the chat.
  Chat(ChatOptions options, Budget& budget, Random random);

  // Before the connection stands, messages are queued. Each returns the id of the verdict. They throw base::Error:
  // invalid_argument for what cannot be written, limit_reached.
  std::string send(Letter letter);
  std::string send(Draft draft);
  void send_composing(const Composing& composing, Letter envelope);
  // A request of its owner on the same connection, one at a time: RelayLogin's.
  void send_request(const Request& request);

  // What the first request of a new connection is to be answered with: 200 if the connection is to be this chat's, 481
  // if the request belongs to another session, 506 if the session has its connection.
  unsigned admit(const Request& request) const;

  // The connection stands. The passive side gives all its bytes to receive(), those of the first request too.
  void connect(Time now);
  void receive(std::string_view bytes, Time now);
  // Not while the peer takes none of ours.
  bool wants_bytes() const { return output_.size() - output_begin_ < most_output; }
  std::string_view output(Time now);  // is to be written
  void written(std::size_t size, Time now);
  void expire(Time now);  // at the deadline, or later
  std::optional<Time> deadline() const;
  // The connection was lost, or the session ended: all that has no verdict is not delivered.
  void end(unsigned code, const std::string& reason);

  std::optional<ChatEvent> next_event();
  bool bound() const { return state_ == State::bound; }
  const ChatCounters& counters() const { return counters_; }

 private:
  enum class State { waiting, binding, bound, ended };
  // The request whose body comes.
  struct Current {
    Request request;
    unsigned code = 200;
    bool answered = false;
    std::size_t refused = 0;  // bytes
  };
  // An empty SEND of ours, to bind or to see whether the peer is there.
  struct Probe {
    std::string transaction;
    Time deadline;
  };

  void handle(Event&& event, Time now);
  unsigned judge(const Request& request);
  void take_piece(std::string_view bytes);
  void end_request(Flag flag, Time now);
  unsigned deliver(std::string body);
  void answer_current();
  void take_response(const Response& response, Time now);
  void take_fault(const Fault& fault);
  void write_report(const Request& request, std::size_t size);
  void probe(Time now);
  void bind();
  void fail(unsigned code, const std::string& reason);
  void collect_verdicts();

  ChatOptions options_;
  Random random_;
  Parser parser_;
  Reassembly reassembly_;
  Outgoing outgoing_;
  State state_ = State::waiting;
  std::optional<Current> current_;
  std::optional<Probe> probe_;
  std::string owners_transaction_;
  std::string output_;
  std::size_t output_begin_ = 0;  // what was written before it
  std::deque<ChatEvent> events_;
  std::optional<Time> bind_deadline_;
  std::optional<Time> drain_deadline_;     // by which the peer must have taken something
  std::optional<Time> progress_deadline_;  // by which it must have sent more of what it has begun
  std::size_t progress_ = 0;
  std::optional<Time> silence_deadline_;  // when to ask whether it is there
  ChatCounters counters_;
};

}  // namespace msrp
