// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtcp_session.h"

#include <glib.h>

#include "base/handle.h"
#include "base/random.h"

namespace media {
namespace {

// RFC 7022, 4.2 (c): 96 random bits in base 64, the same for no two sessions.
std::string random_cname() {
  std::array<std::uint32_t, 3> bits{};
  for (std::uint32_t& word : bits) word = static_cast<std::uint32_t>(base::Random()());
  const base::Handle<gchar, g_free> text(g_base64_encode(reinterpret_cast<const guchar*>(bits.data()), sizeof bits));
  return text.get();
}

std::uint32_t to_units_of_65536(Time time) {
  return static_cast<std::uint32_t>(std::chrono::duration<double>(time).count() * 65536);
}

}  // namespace

RtcpSession::RtcpSession(Counters& counters)
    : counters_(counters), random_(static_cast<std::uint32_t>(base::Random()())), cname_(random_cname()) {}

std::size_t RtcpSession::report(const Facts& facts, Time now, Time wall, bool goodbye, std::span<std::byte> bytes) {
  // RFC 3550, 6.2: the first comes after half the interval.
  const Time interval = report_interval(std::uniform_real_distribution<>()(random_));
  if (next_ == Time{} && !goodbye) {
    next_ = now + interval / 2;
    return 0;
  }
  next_ = now + interval;
  RtcpReport report;
  report.ssrc = facts.ssrc;
  report.cname = cname_;
  report.goodbye = goodbye;
  const std::uint64_t sent = counters_.packets_sent.value();
  if (sent != sent_then_)
    report.sender = SenderInfo{.ntp_time = ntp_of(wall),
                               .rtp_timestamp = facts.timestamp,
                               .packets = static_cast<std::uint32_t>(sent),
                               .octets = static_cast<std::uint32_t>(counters_.bytes_sent.value())};
  sent_then_ = sent;
  if (facts.remote && facts.reception && facts.reception->any()) {
    Reception& reception = *facts.reception;
    report.block = ReportBlock{
        .ssrc = *facts.remote,
        .fraction_lost = reception.take_fraction_lost(),
        .lost = static_cast<std::int32_t>(std::min<std::uint64_t>(reception.lost(), 0x7fffff)),
        .highest_sequence = reception.highest_sequence(),
        .jitter =
            static_cast<std::uint32_t>(std::chrono::duration<double>(reception.jitter()).count() * facts.clock_rate),
        .last_report = last_report_,
        .since_report = last_report_ == 0 ? 0 : to_units_of_65536(std::max(Time{}, wall - last_report_wall_))};
  }
  return write_rtcp(report, bytes);
}

bool RtcpSession::receive(Bytes bytes, std::uint32_t own_ssrc, unsigned clock_rate, Time wall) {
  const auto compound = parse_rtcp(bytes);
  if (!compound) return false;
  if (compound->sender) {
    last_report_ = middle_of(compound->sender->ntp_time);
    last_report_wall_ = wall;
  }
  for (const ReportBlock& block : compound->blocks) {
    if (block.ssrc != own_ssrc) continue;
    counters_.remote_jitter.set(Time(std::int64_t{block.jitter} * 1'000'000'000 / clock_rate));
    counters_.remote_packets_lost.set(static_cast<std::uint64_t>(std::max(0, block.lost)));
    loss_at_peer_ = block.fraction_lost / 256.0;
    if (const auto time = round_trip(block, ntp_of(wall))) counters_.round_trip.set(*time);
  }
  return true;
}

}  // namespace media
