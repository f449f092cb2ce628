// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <variant>

#include "msrp/message.h"

namespace msrp {

// Limits of what is read before a body: a peer that passes one is cut off.
inline constexpr std::size_t longest_head = 8192;  // bytes of the start line and all headers
inline constexpr std::size_t most_headers = 64;

// The next bytes of the body of the request or response that came last. They stay what they are until the next call.
struct Piece {
  std::string_view bytes;
};

// The end-line: the request or response is complete.
struct End {
  Flag flag = Flag::complete;
};

// Bytes that are no MSRP. A request with wrong headers comes as one fault, after its end-line, without a body.
struct Fault {
  enum class Remedy {
    answer,  // with 400: the connection can go on
    ignore,  // a response: nothing is to be said, and the connection can go on
    close,   // where the next message begins cannot be known
  };
  Remedy remedy = Remedy::close;
  std::string reason;
  Request request;  // what could be read of it; for answer, its transaction at least
};

// Request or Response, then any number of Piece, then End; or a Fault.
using Event = std::variant<Request, Response, Piece, End, Fault>;

// Reads what one connection receives. No byte is looked for twice, however the bytes are split; nothing of a body is
// kept.
class Parser {
 public:
  // Takes bytes from the front until an event is complete; nothing when all are taken and none is. After a fault whose
  // remedy is close, all bytes are thrown away.
  std::optional<Event> next(std::string_view& bytes);

  // Whether the last message has ended, and no byte of another one has come.
  bool idle() const { return state_ == State::start && (line_.empty() || line_taken_); }

 private:
  enum class State { start, headers, body, broken };

  std::optional<std::string_view> take_line(std::string_view& bytes);
  std::optional<Event> read_start(std::string_view line);
  std::optional<Event> read_header(std::string_view line);
  std::optional<Event> end_head();
  std::optional<Event> end_message();
  std::optional<Event> next_of_body(std::string_view& bytes);
  bool match_held(std::string_view& bytes);
  std::string_view release_held();
  std::string_view scan_body(std::string_view& bytes);
  bool fits(char c);
  bool is_end_line(std::string_view line);
  void note_fault(std::string_view reason);
  Event close(std::string reason);

  State state_ = State::start;
  std::string line_;           // the beginning of a line whose end has not come
  bool line_taken_ = false;    // line_ was whole and has been read
  std::size_t head_size_ = 0;  // bytes of the head so far
  std::size_t headers_ = 0;
  std::size_t known_seen_ = 0;  // a bit for each known header that came
  Request request_;             // also holds the headers of a response
  std::optional<Response> response_;
  std::string fault_;        // the first thing wrong with the headers
  std::string end_line_;     // what ends the body: CR LF ------- transaction flag CR LF
  std::size_t held_ = 0;     // how many of its characters the last bytes were
  std::size_t foreign_ = 0;  // how many of those belong to the head
};

}  // namespace msrp
