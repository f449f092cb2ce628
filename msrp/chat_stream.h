// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "msrp/chat_values.h"
#include "msrp/letter.h"

// The seam between a session and its chat: what a session asks of chat, what chat tells, and the factory.
namespace msrp {

// What our m=message line says (RFC 4975, 8). The connection is made by either side (RFC 6135).
struct LocalChat {
  bool secure = false;      // TCP/TLS/MSRP
  std::uint16_t port = 0;   // of the last URI of the path
  Path path;                // the relays that we are behind, and then ourselves
  std::string fingerprint;  // of our certificate (RFC 8122): "sha-256 12:AB:…"; empty without TLS
  AcceptedTypes accepted;
  std::uint64_t max_size = 0;  // bytes of a message that we take, with its wrapper
};

// What the peer's says.
struct RemoteChat {
  bool secure = false;
  Path path;                              // not empty
  std::vector<std::string> fingerprints;  // as in a=fingerprint, of the media or else of the session
  AcceptedTypes accepted;
  std::optional<std::uint64_t> max_size;
};

// How the certificate of the other end of our connection was checked.
enum class Verification { none, fingerprint, name };

// The diagnostics of one chat.
struct ChatStatistics {
  Path local_path;
  Path remote_path;       // empty before start()
  std::string transport;  // tls, tcp
  Verification verification = Verification::none;
  bool active = false;         // we connect
  std::string remote_address;  // numeric, of the connection; empty while there is none
  std::uint16_t remote_port = 0;
  ChatCounters counters;
};

// We can be reached: local() is there. Only where it was not at once.
struct ChatPrepared {};
// Nothing goes on with this stream; all its verdicts were told before.
struct ChatFailed {
  unsigned code = 0;  // of MSRP, or 0
  std::string reason;
};
using ChatStreamEvent = std::variant<ChatPrepared, DidBind, GotMessage, GotComposing, Verdict, ChatFailed>;

// Told on the loop's thread, never from within a call of the stream, never after the stream is gone.
class ChatStreamListener {
 public:
  virtual ~ChatStreamListener() = default;
  virtual void on_chat_event(const ChatStreamEvent& event) = 0;
};

// The login at a relay (RFC 4976).
struct RelayAccess {
  // host and port as set; an empty host: the servers of `_msrps._tcp` of the domain, and no relay when there are none.
  std::string host;
  std::uint16_t port = 0;  // 0: 2855
  bool secure = true;
  std::string domain;  // of the account: whom AUTH names
  std::string user;
  std::string password;
};

// What a chat needs to be made.
struct ChatRequest {
  std::string local_address;         // numeric, of ours; where the peer connects, unless there is a relay
  std::optional<RelayAccess> relay;  // where we are reached instead
  std::optional<bool> secure;        // as the peer's offer has it; nothing: by our setting
};

// One chat between two ends. All calls come from the loop's thread and return at once.
class ChatStream {
 public:
  virtual ~ChatStream() = default;

  // Nothing as long as a relay has not answered.
  virtual std::optional<LocalChat> local() const = 0;
  // The offer and its answer are settled: connects when it is active, else waits for the peer, 30 s in both cases.
  // Once.
  virtual void start(bool active, const RemoteChat& remote) = 0;

  // After start(). Queued until the connection is bound. Returns the id of the one verdict that will be told. Throw
  // Error{invalid_argument} for what cannot be written, Error{limit_reached}.
  virtual std::string send(Letter letter) = 0;
  // The envelope says from whom and to whom, for a peer that takes the notice in a wrapper only.
  virtual void send_composing(const Composing& composing, Letter envelope) = 0;

  // The session ends, or the stream: nothing is sent or told any more. Returns the verdicts of all messages that had
  // none. The connection is closed when the stream is destroyed, so that the peer can hear of the end by SIP first.
  virtual std::vector<Verdict> end(unsigned code, const std::string& reason) = 0;

  virtual ChatStatistics statistics() const = 0;
};

// Makes the streams of one daemon.
class ChatFactory {
 public:
  virtual ~ChatFactory() = default;
  // Throws Error{chat_failure} when no port can be listened on or there is no certificate.
  virtual std::unique_ptr<ChatStream> create_stream(const ChatRequest& request, ChatStreamListener& listener) = 0;
};

}  // namespace msrp
