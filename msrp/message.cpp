// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/message.h"

#include <algorithm>

#include "base/text.h"

namespace msrp {
namespace {

std::optional<std::uint64_t> position_from_text(std::string_view text) {
  const auto number = base::to_number<std::uint64_t>(text);
  return number && *number <= largest_position ? number : std::nullopt;
}

// A number, or "*", which leaves it absent. False if it is neither.
bool read_position(std::string_view text, std::optional<std::uint64_t>& position) {
  if (text == "*") return true;
  position = position_from_text(text);
  return position.has_value();
}

std::string text_of(const std::optional<std::uint64_t>& position) { return position ? std::to_string(*position) : "*"; }

}  // namespace

std::string ByteRange::to_text() const { return std::to_string(start) + "-" + text_of(end) + "/" + text_of(total); }

std::optional<ByteRange> byte_range_from_text(std::string_view text) {
  const auto dash = text.find('-');
  const auto slash = text.find('/');
  if (dash == text.npos || slash == text.npos || slash < dash) return {};
  const auto start = position_from_text(text.substr(0, dash));
  ByteRange range;
  if (!start || !read_position(text.substr(dash + 1, slash - dash - 1), range.end) ||
      !read_position(text.substr(slash + 1), range.total))
    return {};
  range.start = *start;
  return range;
}

const std::string* Headers::find(std::string_view name) const {
  const auto found = std::find_if(others.begin(), others.end(),
                                  [&](const Header& header) { return base::equals_ignoring_case(header.name, name); });
  return found == others.end() ? nullptr : &found->value;
}

std::optional<Path> use_path(const Headers& headers) {
  const std::string* value = headers.find("Use-Path");
  return value ? path_from_text(*value) : std::nullopt;
}

std::optional<std::uint32_t> seconds_in(const Headers& headers, std::string_view name) {
  const std::string* value = headers.find(name);
  return value ? base::to_number<std::uint32_t>(*value) : std::nullopt;
}

std::string comment_of(unsigned code) {
  // RFC 4975, 10 and RFC 7701, 6 give meanings, no phrases: the words are ours.
  switch (code) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 408: return "Request Timeout";
    case 413: return "Message Too Large";
    case 415: return "Unsupported Media Type";
    case 423: return "Parameter Out Of Bounds";
    case 481: return "No Such Session";
    case 501: return "Unknown Method";
    case 506: return "Session Already In Use";
    default: return "";
  }
}

Response answer(const Request& request, unsigned code, std::string comment) {
  Response response{request.transaction, code, std::move(comment), {}};
  // RFC 4975, 7.2: SEND is answered hop by hop, anything else along the whole path.
  const Path& from = request.headers.from_path;
  response.headers.to_path = request.method == "SEND" && !from.empty() ? Path{from.front()} : from;
  if (!request.headers.to_path.empty()) response.headers.from_path = {request.headers.to_path.front()};
  return response;
}

bool wants_answer(const Request& request, unsigned code) {
  if (request.method == "REPORT" || request.headers.to_path.empty() || request.headers.from_path.empty()) return false;
  const FailureReport wanted = request.headers.failure_report;
  return request.method != "SEND" || wanted == FailureReport::yes || (wanted == FailureReport::partial && code != 200);
}

Request report_on(const Request& request, const Status& status, std::uint64_t size) {
  Request report{{}, "REPORT", {}};
  report.headers.to_path = request.headers.from_path;
  report.headers.from_path = {request.headers.to_path.front()};
  report.headers.message_id = request.headers.message_id;
  report.headers.byte_range = ByteRange{1, size, size};
  report.headers.status = status;
  return report;
}

}  // namespace msrp
