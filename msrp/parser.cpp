// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/parser.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "msrp/text.h"

namespace msrp {
namespace {

constexpr std::string_view dashes = "-------";

bool is_flag(char c) { return c == '$' || c == '+' || c == '#'; }

// The first word; the text goes on behind the space.
std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::optional<unsigned> code_from_text(std::string_view text) {
  const auto code = base::to_number<unsigned>(text);
  return code && *code >= 100 && text.size() == 3 ? code : std::nullopt;
}

bool read_path(std::string_view value, Path& path) {
  auto read = path_from_text(value);
  if (read) path = std::move(*read);
  return read.has_value();
}

// Peers make longer ids than RFC 4975, 9 allows, and with other characters: an id is only echoed and compared.
bool read_message_id(std::string_view value, Headers& headers) {
  headers.message_id = value;
  return is_message_id(value);
}

bool read_success_report(std::string_view value, Headers& headers) {
  headers.success_report = base::equals_ignoring_case(value, "yes");
  return headers.success_report || base::equals_ignoring_case(value, "no");
}

bool read_failure_report(std::string_view value, Headers& headers) {
  if (base::equals_ignoring_case(value, "yes"))
    headers.failure_report = FailureReport::yes;
  else if (base::equals_ignoring_case(value, "no"))
    headers.failure_report = FailureReport::no;
  else if (base::equals_ignoring_case(value, "partial"))
    headers.failure_report = FailureReport::partial;
  else
    return false;
  return true;
}

bool read_byte_range(std::string_view value, Headers& headers) {
  headers.byte_range = byte_range_from_text(value);
  return headers.byte_range.has_value();
}

bool read_status(std::string_view value, Headers& headers) {
  const std::string_view name_space = take_word(value);
  const auto code = code_from_text(take_word(value));
  if (name_space != "000" || !code) return false;
  headers.status = Status{*code, std::string(value)};
  return true;
}

bool read_content_type(std::string_view value, Headers& headers) {
  headers.content_type = value;
  return is_content_type(value);
}

struct Known {
  std::string_view name;
  bool (*read)(std::string_view value, Headers& headers);
};

// The first two are those of RFC 4975, 7: To-Path comes first, From-Path second.
constexpr std::array known{
    Known{"To-Path", [](std::string_view value, Headers& headers) { return read_path(value, headers.to_path); }},
    Known{"From-Path", [](std::string_view value, Headers& headers) { return read_path(value, headers.from_path); }},
    Known{"Message-ID", read_message_id},
    Known{"Success-Report", read_success_report},
    Known{"Failure-Report", read_failure_report},
    Known{"Byte-Range", read_byte_range},
    Known{"Status", read_status},
    Known{"Content-Type", read_content_type},
};

// What is wrong with the headers as a whole, or nothing.
std::string_view fault_of(const Request& request, bool is_response) {
  if (request.headers.to_path.empty() || request.headers.from_path.empty()) return "a path is missing";
  if (is_response) return "";
  const bool has_id = request.method == "SEND" || request.method == "REPORT";  // RFC 4975, 7.1
  return has_id && request.headers.message_id.empty() ? "Message-ID is missing" : "";
}

}  // namespace

std::optional<Event> Parser::next(std::string_view& bytes) {
  while (state_ == State::start || state_ == State::headers) {
    const auto line = take_line(bytes);
    if (!line && head_size_ > longest_head) return close("the headers are too long");
    if (!line) return {};
    if (!line->ends_with('\r')) return close("a line ends without a carriage return");
    const std::string_view text = line->substr(0, line->size() - 1);
    auto event = state_ == State::start ? read_start(text) : read_header(text);
    if (event) return event;
  }
  if (state_ == State::body) return next_of_body(bytes);
  bytes = {};
  return {};
}

// The next line without its LF; nothing if that has not come, or the head is too long.
std::optional<std::string_view> Parser::take_line(std::string_view& bytes) {
  if (line_taken_) line_.clear();
  line_taken_ = false;
  const auto feed = bytes.substr(0, longest_head + 1 - std::min(head_size_, longest_head)).find('\n');
  const std::string_view taken = bytes.substr(0, feed == bytes.npos ? bytes.size() : feed + 1);
  head_size_ += taken.size();
  if (head_size_ > longest_head) return {};
  bytes.remove_prefix(taken.size());
  if (feed == bytes.npos) {
    line_ += taken;
    return {};
  }
  const std::string_view text = taken.substr(0, feed);
  if (line_.empty()) return text;
  line_taken_ = true;
  return line_ += text;
}

std::optional<Event> Parser::read_start(std::string_view line) {
  if (line.empty()) {
    head_size_ = 0;
    return {};  // an empty line between messages: some peers keep their connection alive with it
  }
  request_ = {};
  response_.reset();
  fault_.clear();
  headers_ = known_seen_ = 0;
  if (take_word(line) != "MSRP") return close("the start line is not one of MSRP");
  request_.transaction = take_word(line);
  if (!is_ident(request_.transaction)) return close("the transaction id is none");
  const std::string_view word = take_word(line);
  if (const auto code = code_from_text(word)) {
    if (!is_text(line)) return close("the comment of a response is no text");
    response_ = Response{request_.transaction, *code, std::string(line), {}};
  } else {
    const bool capitals = std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (word.empty() || !capitals || !line.empty()) return close("the start line has neither method nor code");
    request_.method = word;
  }
  end_line_.assign("\r\n").append(dashes).append(request_.transaction).append("$\r\n");
  state_ = State::headers;
  return {};
}

std::optional<Event> Parser::read_header(std::string_view line) {
  if (line.empty()) return end_head();
  if (is_end_line(line)) return end_message();
  if (++headers_ > most_headers) return close("there are too many headers");
  const auto colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == line.npos || !is_token(name) || !is_text(line)) {
    note_fault("a header is none");
    return {};
  }
  const std::string_view value = trim(line.substr(colon + 1));
  const auto row = std::find_if(known.begin(), known.end(),
                                [&](const Known& header) { return base::equals_ignoring_case(header.name, name); });
  const auto index = static_cast<std::size_t>(row - known.begin());
  const std::size_t bit = row == known.end() ? 0 : std::size_t{1} << index;
  if ((known_seen_ & bit) != 0)
    note_fault(std::string(row->name) + " comes twice");
  else if (bit == 0)
    request_.headers.others.push_back({std::string(name), std::string(value)});
  else if (!row->read(value, request_.headers))
    note_fault(std::string(row->name) + " is wrong");
  known_seen_ |= bit;
  // RFC 4975, 9: the paths are the first two headers, in this order.
  if (headers_ <= 2 && index != headers_ - 1) note_fault("the paths are not the first headers");
  return {};
}

// The empty line: a body follows.
std::optional<Event> Parser::end_head() {
  state_ = State::body;
  // The end-line of an empty body may follow at once: then the empty line is the line break before it.
  held_ = foreign_ = 2;
  note_fault(fault_of(request_, response_.has_value()));
  if (!fault_.empty()) return {};
  if (!response_) return std::move(request_);
  response_->headers = std::move(request_.headers);
  return std::move(*response_);
}

// The end-line. After a head without a body, the head is told first.
std::optional<Event> Parser::end_message() {
  if (state_ == State::headers) {
    auto event = end_head();
    held_ = end_line_.size();
    if (event) return event;
  }
  state_ = State::start;
  head_size_ = held_ = foreign_ = 0;
  if (fault_.empty()) return End{static_cast<Flag>(end_line_[end_line_.size() - 3])};
  return Fault{response_ ? Fault::Remedy::ignore : Fault::Remedy::answer, std::move(fault_), std::move(request_)};
}

std::optional<Event> Parser::next_of_body(std::string_view& bytes) {
  while (!match_held(bytes)) {
    if (bytes.empty()) return {};
    const std::string_view piece = held_ > 0 ? release_held() : scan_body(bytes);
    if (!piece.empty() && fault_.empty()) return Piece{piece};
  }
  return end_message();
}

// Whether the character is that of the end-line behind those that are held. Its flag is remembered.
bool Parser::fits(char c) {
  char& expected = end_line_[held_];
  if (held_ == end_line_.size() - 3 && is_flag(c)) expected = c;
  return c == expected;
}

// Goes on where the last bytes ended within what may be the end-line. Whether all of it is there.
bool Parser::match_held(std::string_view& bytes) {
  while (held_ < end_line_.size() && !bytes.empty() && fits(bytes.front())) {
    ++held_;
    bytes.remove_prefix(1);
  }
  return held_ == end_line_.size();
}

// What is held was no end-line: it is part of the body, but for what belonged to the head. None of it can begin another
// end-line: that needs CR LF, and behind a CR that is held no LF came.
std::string_view Parser::release_held() {
  const std::string_view body = std::string_view(end_line_).substr(foreign_, held_ - foreign_);
  held_ = foreign_ = 0;
  return body;
}

// Takes what is body, up to where an end-line is, or may be when more bytes come.
std::string_view Parser::scan_body(std::string_view& bytes) {
  const std::string_view all = bytes;
  std::size_t at = 0;
  while ((at = all.find('\r', at)) != all.npos) {
    const std::size_t begin = at;
    while (at < all.size() && held_ < end_line_.size() && fits(all[at])) {
      ++at;
      ++held_;
    }
    if (held_ == end_line_.size() || at == all.size()) {
      bytes.remove_prefix(at);
      return all.substr(0, begin);
    }
    held_ = 0;
  }
  bytes = {};
  return all;
}

bool Parser::is_end_line(std::string_view line) {
  // The end-line is CR LF, the dashes and the transaction, the flag, CR LF.
  const std::size_t size = end_line_.size() - 4;
  if (line.size() != size || !is_flag(line.back())) return false;
  if (line.substr(0, size - 1) != std::string_view(end_line_).substr(2, size - 1)) return false;
  end_line_[end_line_.size() - 3] = line.back();
  return true;
}

// The first fault is the one that is told.
void Parser::note_fault(std::string_view reason) {
  if (fault_.empty()) fault_ = reason;
}

Event Parser::close(std::string reason) {
  state_ = State::broken;
  line_.clear();
  return Fault{Fault::Remedy::close, std::move(reason), {}};
}

}  // namespace msrp
