// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Session descriptions (RFC 8866) as checked values. Text from the network is read here and nowhere else.
namespace sip {

enum class Direction { inactive = 0, sendonly = 1, recvonly = 2, sendrecv = 3 };

constexpr bool sends(Direction direction) { return (static_cast<int>(direction) & 1) != 0; }
constexpr bool receives(Direction direction) { return (static_cast<int>(direction) & 2) != 0; }
constexpr Direction make_direction(bool send, bool receive) {
  return static_cast<Direction>((send ? 1 : 0) | (receive ? 2 : 0));
}
// What the other side calls it.
constexpr Direction mirrored(Direction direction) { return make_direction(receives(direction), sends(direction)); }
std::string_view to_text(Direction direction);

// One payload type of an RTP medium.
struct Format {
  std::uint8_t payload_type = 0;
  std::string name;  // encoding name; empty when neither rtpmap nor RFC 3551 tells it
  unsigned clock_rate = 0;
  unsigned channels = 1;
  std::string parameters;  // a=fmtp

  bool operator==(const Format&) const = default;
};

// What a medium of MSRP says (RFC 4975, 8; RFC 6135; RFC 8122), as written. Whoever knows MSRP reads it.
struct MessageAttributes {
  std::string path;
  std::string accept_types;
  std::string accept_wrapped_types;
  std::optional<std::uint64_t> max_size;  // bytes
  std::string setup;                      // active, passive, actpass; empty: not said
  std::vector<std::string> fingerprints;  // of the medium, or else of the session; at most 8
  bool is_file_transfer = false;          // RFC 5547: a=file-selector

  bool operator==(const MessageAttributes&) const = default;
};

struct Medium {
  std::string kind;             // audio, message, video, …
  std::uint16_t port = 0;       // 0: refused or removed
  std::string protocol;         // RTP/AVP
  std::string formats_text;     // as in the m= line, for the answer that refuses
  std::vector<Format> formats;  // of RTP only
  std::string address;          // of c=, the medium's or else the session's; empty when there is none that is numeric
  Direction direction = Direction::sendrecv;
  std::uint16_t rtcp_port = 0;                    // RFC 3605; 0: port + 1
  unsigned ptime = 0;                             // ms; 0: not said
  unsigned maxptime = 0;                          // ms; 0: not said
  std::optional<MessageAttributes> message = {};  // of the kind message only

  bool operator==(const Medium&) const = default;
};

struct Description {
  std::uint64_t session_id = 0;
  std::uint64_t version = 0;
  std::string address;  // of o= and the session's c=
  std::vector<Medium> media;

  bool operator==(const Description&) const = default;
};

constexpr std::size_t longest_description = 16 * 1024;  // bytes
constexpr std::size_t most_media = 16;

// Reads any bytes. A fault is a sentence that says what is wrong, and then there is no description. A medium of RTP
// whose port, payload types or address cannot be used is kept with port 0, so that the answer has its m= line.
struct Reading {
  std::optional<Description> description;
  std::string fault;
};
Reading read_description(std::string_view text);

std::string to_text(const Description& description);

}  // namespace sip
