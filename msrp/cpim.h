// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>

#include "msrp/message.h"

// The wrapper of RFC 3862 around a message: who says it to whom and when, and then the MIME headers of what is said.
namespace msrp {

inline constexpr std::string_view cpim_type = "message/cpim";

// Limits of what is read: a wrapper beyond them is none. The head is also what a message may have in all besides its
// content. Ours are shorter: the longest names are those that base::to_display() makes of 4,096 bytes, three of each.
inline constexpr std::size_t longest_cpim_head = 16384;  // bytes before the content
inline constexpr std::size_t most_cpim_headers = 64;     // in both blocks together

struct Address {
  std::string name;  // any text, or empty
  std::string uri;

  // "Alice" <sip:alice@example.com>, with the escapes of RFC 3862, 3.2.
  std::string to_text() const;

  bool operator==(const Address&) const = default;
};

struct DateTime {
  std::chrono::sys_time<std::chrono::microseconds> time;
  int zone = 0;  // minutes east of UTC, in which the sender wrote it

  std::string to_text() const;

  bool operator==(const DateTime&) const = default;
};

// A time of RFC 3339; without a zone it is UTC.
std::optional<DateTime> date_time_from_text(std::string_view text);

struct Subject {
  std::string text;
  std::string language;  // empty: none given

  bool operator==(const Subject&) const = default;
};

// A further header, its value without escapes.
struct Field {
  std::string name;  // may have a prefix: "imdn.Message-ID"
  std::string value;
  std::string parameters;  // as written, each with its semicolon

  bool operator==(const Field&) const = default;
};

struct Cpim {
  std::optional<Address> from;
  std::vector<Address> to;
  std::vector<Address> cc;
  std::optional<DateTime> date_time;
  std::vector<Subject> subjects;
  std::vector<Address> namespaces;  // NS: the prefix is the name
  std::vector<std::string> require;
  std::vector<Field> others;
  std::string content_type;  // of the content; text/plain if the sender said none (RFC 2045, 5.2)
  std::vector<Header> mime;  // further MIME headers
  std::string content;

  // All headers of both blocks, for people and programs to read: decoded, in the order of this struct.
  std::vector<Header> headers() const;

  bool operator==(const Cpim&) const = default;
};

// Nothing if the body is no such wrapper. What is not UTF-8 in a header becomes U+FFFD.
std::optional<Cpim> cpim_from_text(std::string_view body);

// What is no text is escaped; what cannot be (a URI, a type, a name of a header) is refused with base::Error
// invalid_argument.
std::string to_text(const Cpim& message);

}  // namespace msrp
