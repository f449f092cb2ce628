// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Messages of DNS (RFC 1035) as values: the few types that a route needs, of class IN. What a name server says is as
// hostile as any packet: all is bounded and checked here.
namespace sip::dns {

enum class Type : std::uint16_t { a = 1, cname = 5, aaaa = 28, srv = 33, naptr = 35 };

struct Question {
  std::string name;  // no dot at the end
  Type type;

  bool operator==(const Question&) const = default;
};

// RFC 2782. An empty target: the service is decidedly not available there.
struct Service {
  std::uint16_t priority;
  std::uint16_t weight;
  std::uint16_t port;
  std::string target;
};

// NAPTR, RFC 3403.
struct Pointer {
  std::uint16_t order;
  std::uint16_t preference;
  std::string flags;    // in lower case
  std::string service;  // in upper case
  std::string replacement;
};

enum class Outcome {
  records,       // some, of the type that was asked for
  nothing,       // the name exists, without a record of the type
  no_such_name,  // NXDOMAIN
  failure,       // the name server cannot or will not say: `detail` is its code
  silence,       // no name server answered in time
  unreachable,   // none can be reached
};

struct Answer {
  Outcome outcome = Outcome::silence;
  std::vector<std::string> addresses = {};  // one of the three, by the type of the question
  std::vector<Service> services = {};
  std::vector<Pointer> pointers = {};
  std::chrono::seconds ttl{0};  // the shortest of all records used
  std::string detail = {};
};

// The bytes of a query; nothing if the name cannot be asked for (labels of 1 to 63 bytes, 253 in all).
std::optional<std::string> query(std::uint16_t id, const Question& question);

struct Reply {
  bool truncated = false;  // it must be asked for again, over TCP
  Answer answer;
};

// Nothing if these bytes are no reply to the question with this id.
std::optional<Reply> read_reply(std::string_view bytes, std::uint16_t id, const Question& question);

}  // namespace sip::dns
