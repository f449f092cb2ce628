// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "media/bytes.h"

namespace media {

struct RtpHeader {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;

  bool operator==(const RtpHeader&) const = default;
};

// A packet as received: the payload points into the bytes it was read from, without extension and padding.
struct RtpPacket {
  RtpHeader header;
  Bytes payload;
};

inline constexpr std::size_t rtp_header_size = 12;

// Nothing if the bytes are not RTP version 2 or one of its lengths lies.
std::optional<RtpPacket> parse_rtp(Bytes bytes);

void write_rtp(const RtpHeader& header, std::span<std::byte, rtp_header_size> bytes);

}  // namespace media
