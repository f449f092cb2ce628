// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/writer.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/text.h"
#include "msrp/text.h"

namespace msrp {
namespace {

constexpr std::string_view dashes = "-------";

void require(bool good, const char* sentence) {
  if (!good) throw base::Error(base::Errc::invalid_argument, sentence);
}

bool contains(std::string_view text, std::string_view part) {
  if (text.empty()) return false;  // no memory at all is not for memmem
  return memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

// Takes back what was appended, unless all of it was.
class Appending {
 public:
  explicit Appending(std::string& out) : out_(out), size_(out.size()) {}
  ~Appending() {
    if (!done_) out_.resize(size_);
  }
  Appending(const Appending&) = delete;
  Appending& operator=(const Appending&) = delete;
  void done() { done_ = true; }

 private:
  std::string& out_;
  std::size_t size_;
  bool done_ = false;
};

void append_header(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// A URI that was made and not read may hold anything.
void append_path(std::string_view name, const Path& path, std::string& out) {
  require(!path.empty() && path.size() <= longest_path, "an MSRP path has 1 to 16 URIs");
  const std::string text = to_text(path);
  const auto breaks = [](char c) { return c < ' ' || c > '~'; };
  require(std::none_of(text.begin(), text.end(), breaks), "an MSRP URI holds a character that it may not");
  append_header(name, text, out);
}

void append_headers(const Headers& headers, std::string& out) {
  append_path("To-Path", headers.to_path, out);
  append_path("From-Path", headers.from_path, out);
  if (!headers.message_id.empty()) {
    require(is_message_id(headers.message_id), "a Message-ID holds a character that it may not");
    append_header("Message-ID", headers.message_id, out);
  }
  if (headers.success_report) append_header("Success-Report", "yes", out);
  if (headers.failure_report != FailureReport::yes)
    append_header("Failure-Report", headers.failure_report == FailureReport::no ? "no" : "partial", out);
  if (headers.byte_range) append_header("Byte-Range", headers.byte_range->to_text(), out);
  if (headers.status) {
    require(headers.status->code >= 100 && headers.status->code <= 999, "a status has three digits");
    require(is_text(headers.status->comment), "a status has a line break or is no text");
    std::string status = "000 " + std::to_string(headers.status->code);
    if (!headers.status->comment.empty()) status.append(" ").append(headers.status->comment);
    append_header("Status", status, out);
  }
  for (const Header& header : headers.others) {
    require(is_token(header.name) && is_text(header.value), "a header has a line break or is no text");
    append_header(header.name, header.value, out);
  }
  // The last one, by the grammar of RFC 4975, 9.
  if (!headers.content_type.empty()) {
    require(is_content_type(headers.content_type), "the content type is none");
    append_header("Content-Type", headers.content_type, out);
  }
}

void append_end(std::string_view transaction, Flag flag, std::string& out) {
  out.append(dashes).append(transaction).append(1, static_cast<char>(flag)).append("\r\n");
}

void append_digits(std::uint64_t number, unsigned count, std::string& out) {
  for (unsigned i = 0; i < count; ++i) out += "0123456789abcdef"[number >> (4 * (count - 1 - i)) & 0xf];
}

}  // namespace

std::string choose_transaction(std::string_view body, const Random& random) {
  std::string end_line;
  std::uint64_t attempts = 0;
  do {
    end_line = dashes;
    append_digits(random() + attempts++, 16, end_line);
  } while (contains(body, end_line));
  return end_line.substr(dashes.size());
}

std::string choose_id(const Random& random) {
  std::string id;
  append_digits(random(), 16, id);
  return id;
}

void write(const Request& request, std::string_view body, Flag flag, std::string& out) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  require(is_ident(request.transaction), "the transaction id is none");
  require(!request.method.empty() && std::all_of(request.method.begin(), request.method.end(), is_capital),
          "the method is none");
  require(body.empty() || !request.headers.content_type.empty(), "a body needs a content type");
  require(!contains(body, std::string(dashes) + request.transaction), "the body holds its own end-line");
  Appending appending(out);
  out.append("MSRP ").append(request.transaction).append(" ").append(request.method).append("\r\n");
  append_headers(request.headers, out);
  if (!request.headers.content_type.empty()) out.append("\r\n").append(body).append("\r\n");
  append_end(request.transaction, flag, out);
  appending.done();
}

void write(const Response& response, std::string& out) {
  require(is_ident(response.transaction), "the transaction id is none");
  require(response.code >= 100 && response.code <= 999, "a code has three digits");
  require(is_text(response.comment), "a comment has a line break or is no text");
  require(response.headers.content_type.empty(), "a response has no body");
  Appending appending(out);
  out.append("MSRP ").append(response.transaction).append(" ").append(std::to_string(response.code));
  if (!response.comment.empty()) out.append(" ").append(response.comment);
  out.append("\r\n");
  append_headers(response.headers, out);
  append_end(response.transaction, Flag::complete, out);
  appending.done();
}

}  // namespace msrp
