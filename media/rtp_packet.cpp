// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_packet.h"

namespace media {

std::optional<RtpPacket> parse_rtp(Bytes bytes) {
  if (bytes.size() < rtp_header_size) return {};
  const unsigned first = read_u8(bytes, 0);
  const unsigned second = read_u8(bytes, 1);
  if (first >> 6 != 2) return {};
  std::size_t begin = rtp_header_size + 4 * (first & 0x0f);
  if (first & 0x10) {
    // RFC 3550, 5.3.1: the length counts 32-bit words and leaves out the first.
    if (bytes.size() < begin + 4) return {};
    begin += 4 + std::size_t{4} * read_u16(bytes, begin + 2);
  }
  if (begin > bytes.size()) return {};
  std::size_t end = bytes.size();
  if (first & 0x20) {
    // RFC 3550, 5.1: the last byte counts the padding, itself included.
    const std::size_t padding = read_u8(bytes, end - 1);
    if (padding == 0 || padding > end - begin) return {};
    end -= padding;
  }
  return RtpPacket{.header = {.marker = (second & 0x80) != 0,
                              .payload_type = static_cast<std::uint8_t>(second & 0x7f),
                              .sequence = read_u16(bytes, 2),
                              .timestamp = read_u32(bytes, 4),
                              .ssrc = read_u32(bytes, 8)},
                   .payload = bytes.subspan(begin, end - begin)};
}

void write_rtp(const RtpHeader& header, std::span<std::byte, rtp_header_size> bytes) {
  write_u8(bytes, 0, 0x80);
  write_u8(bytes, 1, (header.marker ? 0x80u : 0u) | header.payload_type);
  write_u16(bytes, 2, header.sequence);
  write_u32(bytes, 4, header.timestamp);
  write_u32(bytes, 8, header.ssrc);
}

}  // namespace media
