// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <variant>

#include "msrp/composing.h"
#include "msrp/cpim.h"

// What goes into a chat and what comes out of it, but for bytes.
namespace msrp {

using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::milliseconds;

// RFC 4975, 7.1.1: how long an answer may take, from when its request was handed out.
inline constexpr Duration transaction_time = std::chrono::seconds(30);
// How long a peer may take nothing of what waits for it, and send next to nothing of a message that it has begun.
inline constexpr Duration stall_time = std::chrono::seconds(30);
inline constexpr std::size_t least_progress = 1000;  // bytes in that time
// So many transactions in a row without an answer, and the peer counts as gone.
inline constexpr unsigned most_unanswered = 8;

// What is sent as it is.
struct Draft {
  std::string content_type;
  std::string body;
  bool success_report = true;
  FailureReport failure_report = FailureReport::yes;
};

// Either side's a=accept-types and a=accept-wrapped-types (RFC 4975, 8.6).
struct AcceptedTypes {
  std::vector<std::string> bare;
  std::vector<std::string> wrapped;  // further ones, within a wrapper; none given: any
};

struct ChatOptions {
  bool active = false;  // we connect: the SEND that binds the connection to the session is ours
  Path local_path;      // as in either side's a=path: its relays, then its own URI
  Path remote_path;
  AcceptedTypes accepted;                          // by us
  AcceptedTypes remote_accepted;                   // by the peer
  std::size_t max_message_size = 10'000'000;       // content that we take
  std::optional<std::uint64_t> remote_max_size{};  // a=max-size
  std::size_t chunk_size = 16384;                  // that we send: 2 to 64 KiB
  Duration keep_alive{0};                          // silence after which an empty SEND asks; 0: never
};

struct ChatCounters {
  std::uint64_t sent_messages = 0, sent_bytes = 0, received_messages = 0, received_bytes = 0;
};

// The one and only word on a message that was sent.
struct Verdict {
  std::string message_id;
  bool delivered = false;
  unsigned code = 0;  // 0: no code, for the connection or the session ended before
  std::string reason;
  std::variant<std::monostate, Request, Response> evidence;  // the REPORT or the answer that says so
};

// The connection belongs to this session now: both sides know it.
struct DidBind {};

// The peer does not take up the session on this connection, which has others. Nothing was lost.
struct DidNotBind {};

struct GotMessage {
  Request request;  // the last chunk
  std::string content_type;
  std::string content;
  std::optional<Cpim> wrapper;  // without its content
};

struct GotComposing {
  Composing notice;
  std::optional<Cpim> wrapper;
};

// The connection is of no use any more and is to be closed. All verdicts have been given.
struct DidFail {
  unsigned code = 0;
  std::string reason;
};

// The answer to what was sent by Chat::send_request.
struct GotAnswer {
  Response response;
};

using ChatEvent = std::variant<DidBind, DidNotBind, GotMessage, GotComposing, Verdict, GotAnswer, DidFail>;

}  // namespace msrp
