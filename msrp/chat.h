// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "msrp/letter.h"
#include "msrp/outgoing.h"
#include "msrp/parser.h"
#include "msrp/reassembly.h"

namespace msrp {

// One MSRP session between its two ends (RFC 4975). It has no socket and no clock: what its link reads and the time go
// in; what the link is to write, events and the time at which it wants to be called again come out, and are to be
// collected after each call. A message that was taken gets exactly one verdict, whatever happens.
class Chat {
 public:
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

  // The connection stands. A shared one has other sessions: a peer that knows one for each connection only may refuse
  // this one there, pass it over, or break it off, and then the chat waits again and says DidNotBind.
  void connect(Time now, bool shared = false);
  // A request or response of this session, or what follows it: of so many bytes.
  void take(Event&& event, std::size_t size, Time now);
  // Appends what is to be sent next. False if there is nothing, or too much is without an answer.
  bool write_next(std::string& out, Time now);
  // The same for what does not wait: answers, reports.
  bool write_answers(std::string& out);
  void expire(Time now);  // at the deadline, or later
  std::optional<Time> deadline() const;
  // The session ended: all that has no verdict is not delivered.
  void end(unsigned code, const std::string& reason);
  // The connection was lost: that, and DidFail; or DidNotBind, if it was not ours yet, but that of others.
  void fail(unsigned code, const std::string& reason);

  std::optional<ChatEvent> next_event();
  const std::string& session_id() const { return options_.local_path.back().session_id; }
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

  unsigned judge(const Request& request);
  void take_piece(std::string_view bytes);
  void end_request(Flag flag, Time now);
  unsigned deliver(std::string body);
  void answer_current();
  void take_response(const Response& response, Time now);
  void write_report(const Request& request, std::size_t size);
  void probe(Time now);
  void bind();
  void retreat();
  void collect_verdicts();

  ChatOptions options_;
  Random random_;
  Reassembly reassembly_;
  Outgoing outgoing_;
  State state_ = State::waiting;
  std::optional<Current> current_;
  std::optional<Probe> probe_;
  std::string owners_transaction_;
  std::string answers_;  // and what else is to be written at once
  std::deque<ChatEvent> events_;
  bool shared_ = false;
  std::optional<Time> bind_deadline_;
  std::optional<Time> silence_deadline_;  // when to ask whether it is there
  ChatCounters counters_;
};

}  // namespace msrp
