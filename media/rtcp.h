// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "media/bytes.h"
#include "media/sound.h"

// Reports of RFC 3550, 6, and their arithmetic. Pure.
namespace media {

struct SenderInfo {
  std::uint64_t ntp_time = 0;  // 32.32 fixed point seconds since 1900
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;

  bool operator==(const SenderInfo&) const = default;
};

struct ReportBlock {
  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0;
  std::int32_t lost = 0;  // 24 bits on the wire
  std::uint32_t highest_sequence = 0;
  std::uint32_t jitter = 0;
  std::uint32_t last_report = 0;   // middle 32 bits of ntp_time
  std::uint32_t since_report = 0;  // 1/65536 s

  bool operator==(const ReportBlock&) const = default;
};

// What one compound packet says: its first report's sender, the blocks of all its reports, who left.
struct RtcpCompound {
  std::uint32_t ssrc = 0;
  std::optional<SenderInfo> sender;
  std::vector<ReportBlock> blocks;
  std::vector<std::uint32_t> goodbyes;
};

// Nothing if any length in it lies or it does not begin with a report (RFC 3550, A.2). More than 31 blocks are cut.
std::optional<RtcpCompound> parse_rtcp(Bytes bytes);

struct RtcpReport {
  std::uint32_t ssrc = 0;
  std::optional<SenderInfo> sender;
  std::optional<ReportBlock> block;
  std::string_view cname;
  bool goodbye = false;
};

// SR or RR, SDES with the CNAME, and BYE if wanted. The size written; at most 96 and the CNAME's.
std::size_t write_rtcp(const RtcpReport& report, std::span<std::byte> bytes);

// A time of CLOCK_REALTIME as NTP has it.
std::uint64_t ntp_of(Time wall);
inline std::uint32_t middle_of(std::uint64_t ntp_time) { return static_cast<std::uint32_t>(ntp_time >> 16); }
// RFC 3550, 6.4.1; nothing if the block answers no report or its times lie.
std::optional<Time> round_trip(const ReportBlock& block, std::uint64_t arrival_ntp);
// When to send the next report: 5 s, randomised from 0.5 to 1.5 of it (RFC 3550, 6.2 and 6.3.1). Draw is of [0, 1).
Time report_interval(double draw);

}  // namespace media
