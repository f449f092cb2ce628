// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "msrp/uri.h"

// The requests and responses of RFC 4975, 4976 and 7701 as values, without their bodies: those are streamed.
namespace msrp {

enum class FailureReport { yes, no, partial };

// How an end-line says that the body goes on, ends the message, or gives it up (RFC 4975, 7.1).
enum class Flag : char { complete = '$', more = '+', aborted = '#' };

// RFC 4975, 7.1.1. Absent numbers are "*". Bytes count from 1: an empty body is 1-0/0.
struct ByteRange {
  std::uint64_t start = 1;
  std::optional<std::uint64_t> end;
  std::optional<std::uint64_t> total;

  std::string to_text() const;

  bool operator==(const ByteRange&) const = default;
};

// Numbers beyond this are refused, so that sums of them stay numbers.
inline constexpr std::uint64_t largest_position = std::uint64_t{1} << 62;

std::optional<ByteRange> byte_range_from_text(std::string_view text);

// What a REPORT says (RFC 4975, 7.1.2). Only namespace 000 exists.
struct Status {
  unsigned code = 200;
  std::string comment;

  bool operator==(const Status&) const = default;
};

struct Header {
  std::string name;
  std::string value;

  bool operator==(const Header&) const = default;
};

struct Headers {
  Path to_path;
  Path from_path;
  std::string message_id;  // empty: none
  bool success_report = false;
  FailureReport failure_report = FailureReport::yes;
  std::optional<ByteRange> byte_range;
  std::optional<Status> status;
  std::string content_type;  // empty: none, and then there is no body
  std::vector<Header>
      others;  // in their order: further MIME headers, Use-Path, Expires, WWW-Authenticate, unknown ones

  // The first of the others with that name, in any case of letters.
  const std::string* find(std::string_view name) const;

  bool operator==(const Headers&) const = default;
};

// RFC 4976, 5: what a relay grants. Nothing if the header is absent or wrong.
std::optional<Path> use_path(const Headers& headers);
// Expires, Min-Expires and Max-Expires are seconds.
std::optional<std::uint32_t> seconds_in(const Headers& headers, std::string_view name);

struct Request {
  std::string transaction;
  std::string method;  // SEND, REPORT, AUTH, NICKNAME or any other in capitals
  Headers headers;

  bool operator==(const Request&) const = default;
};

struct Response {
  std::string transaction;
  unsigned code = 200;
  std::string comment;
  Headers headers;

  bool operator==(const Response&) const = default;
};

std::string comment_of(unsigned code);

// The answer to the request, with the paths of RFC 4975, 7.2.
Response answer(const Request& request, unsigned code, std::string comment);
inline Response answer(const Request& request, unsigned code) { return answer(request, code, comment_of(code)); }

// Whether the request is answered at all with that code (RFC 4975, 7.1.2 and 7.2), and there is somebody to be told.
bool wants_answer(const Request& request, unsigned code);

// The REPORT on a message of that size, whose chunk the request was (RFC 4975, 7.1.2). It has no transaction yet.
Request report_on(const Request& request, const Status& status, std::uint64_t size);

}  // namespace msrp
