// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtcp.h"

#include <algorithm>
#include <cstring>

namespace media {
namespace {

enum PacketType : unsigned { sender_report = 200, receiver_report = 201, source_description = 202, goodbye = 203 };

constexpr std::size_t most_blocks = 31;
constexpr std::size_t header_size = 4;
constexpr std::size_t sender_size = 20;
constexpr std::size_t block_size = 24;

ReportBlock read_block(Bytes bytes) {
  // 24 bits with a sign.
  const auto lost = static_cast<std::int32_t>(read_u32(bytes, 4) << 8) >> 8;
  return {.ssrc = read_u32(bytes, 0),
          .fraction_lost = read_u8(bytes, 4),
          .lost = lost,
          .highest_sequence = read_u32(bytes, 8),
          .jitter = read_u32(bytes, 12),
          .last_report = read_u32(bytes, 16),
          .since_report = read_u32(bytes, 20)};
}

void write_block(const ReportBlock& block, std::span<std::byte> bytes) {
  const std::int32_t lost = std::clamp(block.lost, -0x800000, 0x7fffff);
  write_u32(bytes, 0, block.ssrc);
  write_u32(bytes, 4, std::uint32_t{block.fraction_lost} << 24 | (static_cast<std::uint32_t>(lost) & 0xffffff));
  write_u32(bytes, 8, block.highest_sequence);
  write_u32(bytes, 12, block.jitter);
  write_u32(bytes, 16, block.last_report);
  write_u32(bytes, 20, block.since_report);
}

// False if its own lengths lie.
bool read_report(Bytes packet, bool with_sender, unsigned blocks, RtcpCompound& compound) {
  std::size_t at = header_size + 4 + (with_sender ? sender_size : 0);
  if (packet.size() < at + blocks * block_size) return false;
  compound.ssrc = read_u32(packet, header_size);
  if (with_sender)
    compound.sender = SenderInfo{.ntp_time = std::uint64_t{read_u32(packet, 8)} << 32 | read_u32(packet, 12),
                                 .rtp_timestamp = read_u32(packet, 16),
                                 .packets = read_u32(packet, 20),
                                 .octets = read_u32(packet, 24)};
  for (unsigned i = 0; i < blocks && compound.blocks.size() < most_blocks; ++i, at += block_size)
    compound.blocks.push_back(read_block(packet.subspan(at, block_size)));
  return true;
}

void write_header(std::span<std::byte> bytes, unsigned count, unsigned type, std::size_t size) {
  write_u8(bytes, 0, 0x80 | count);
  write_u8(bytes, 1, type);
  write_u16(bytes, 2, static_cast<unsigned>(size / 4 - 1));
}

std::size_t write_description(std::uint32_t ssrc, std::string_view cname, std::span<std::byte> bytes) {
  constexpr unsigned cname_item = 1;
  // At least one zero ends the items; the chunk ends at a word.
  const std::size_t size = (header_size + 4 + 2 + cname.size() + 1 + 3) / 4 * 4;
  std::fill_n(bytes.begin(), size, std::byte{0});
  write_header(bytes, 1, source_description, size);
  write_u32(bytes, header_size, ssrc);
  write_u8(bytes, 8, cname_item);
  write_u8(bytes, 9, static_cast<unsigned>(cname.size()));
  std::memcpy(bytes.data() + 10, cname.data(), cname.size());
  return size;
}

// Padding is allowed in the last packet only, and counts itself.
std::optional<Bytes> without_padding(Bytes packet, unsigned flags, bool last) {
  if ((flags & 0x20) == 0) return packet;
  const std::size_t padding = read_u8(packet, packet.size() - 1);
  if (!last || padding == 0 || padding % 4 != 0 || padding > packet.size() - header_size) return {};
  return packet.first(packet.size() - padding);
}

bool read_packet(Bytes packet, unsigned type, unsigned count, RtcpCompound& compound) {
  if (type == sender_report || type == receiver_report)
    return read_report(packet, type == sender_report, count, compound);
  if (type != goodbye) return true;
  if (packet.size() < header_size + 4 * count) return false;
  for (unsigned i = 0; i < count && compound.goodbyes.size() < most_blocks; ++i)
    compound.goodbyes.push_back(read_u32(packet, header_size + 4 * i));
  return true;
}

}  // namespace

std::optional<RtcpCompound> parse_rtcp(Bytes bytes) {
  if (bytes.empty()) return {};
  RtcpCompound compound;
  for (bool first = true; !bytes.empty(); first = false) {
    if (bytes.size() < header_size) return {};
    const unsigned flags = read_u8(bytes, 0);
    const unsigned type = read_u8(bytes, 1);
    const std::size_t size = (std::size_t{read_u16(bytes, 2)} + 1) * 4;
    if (flags >> 6 != 2 || size > bytes.size()) return {};
    if (first && type != sender_report && type != receiver_report) return {};
    const auto packet = without_padding(bytes.first(size), flags, size == bytes.size());
    if (!packet || !read_packet(*packet, type, flags & 0x1f, compound)) return {};
    bytes = bytes.subspan(size);
  }
  return compound;
}

std::size_t write_rtcp(const RtcpReport& report, std::span<std::byte> bytes) {
  const std::size_t block_at = header_size + 4 + (report.sender ? sender_size : 0);
  std::size_t size = block_at + (report.block ? block_size : 0);
  write_header(bytes, report.block ? 1 : 0, report.sender ? sender_report : receiver_report, size);
  write_u32(bytes, header_size, report.ssrc);
  if (const auto& sender = report.sender) {
    write_u32(bytes, 8, static_cast<std::uint32_t>(sender->ntp_time >> 32));
    write_u32(bytes, 12, static_cast<std::uint32_t>(sender->ntp_time));
    write_u32(bytes, 16, sender->rtp_timestamp);
    write_u32(bytes, 20, sender->packets);
    write_u32(bytes, 24, sender->octets);
  }
  if (report.block) write_block(*report.block, bytes.subspan(block_at));
  size += write_description(report.ssrc, report.cname, bytes.subspan(size));
  if (report.goodbye) {
    write_header(bytes.subspan(size), 1, goodbye, 8);
    write_u32(bytes, size + header_size, report.ssrc);
    size += 8;
  }
  return size;
}

std::uint64_t ntp_of(Time wall) {
  constexpr std::uint64_t unix_epoch = 2'208'988'800;  // seconds from 1900 to 1970
  const auto seconds = static_cast<std::uint64_t>(wall.count() / 1'000'000'000);
  const auto rest = static_cast<std::uint64_t>(wall.count() % 1'000'000'000);
  return (seconds + unix_epoch) << 32 | ((rest << 32) / 1'000'000'000);
}

std::optional<Time> round_trip(const ReportBlock& block, std::uint64_t arrival_ntp) {
  if (block.last_report == 0) return {};
  const std::uint32_t spent = middle_of(arrival_ntp) - block.last_report - block.since_report;
  // Negative, or longer than a minute: the peer's numbers lie, or a clock was set.
  if (spent > 60u << 16) return {};
  return Time(std::int64_t{spent} * 1'000'000'000 / 65536);
}

Time report_interval(double draw) {
  return std::chrono::duration_cast<Time>(std::chrono::duration<double>(5.0 * (0.5 + draw)));
}

}  // namespace media
