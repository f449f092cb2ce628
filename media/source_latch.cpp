// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/source_latch.h"

namespace media {

void SourceLatch::expect(const Endpoint& signalled) {
  if (signalled == signalled_) return;
  *this = SourceLatch();
  signalled_ = signalled;
}

SourceLatch::Verdict SourceLatch::judge(const Endpoint& source, std::uint32_t ssrc, std::uint16_t sequence,
                                        Time arrival) {
  if (latched_ && *latched_ == source) {
    last_ = arrival;
    return Verdict::known;
  }
  const Rank rank = source == signalled_ ? Rank::exact : source.same_host(signalled_) ? Rank::host : Rank::foreign;
  if (rank < rank_ && (rank == Rank::foreign || arrival < last_ + lifetime)) return Verdict::refused;
  if (rank == rank_ && arrival < last_ + lifetime) return Verdict::refused;
  if (rank == Rank::foreign && !proves_itself(source, ssrc, sequence, arrival)) return Verdict::refused;
  latched_ = source;
  rank_ = rank;
  last_ = arrival;
  return Verdict::changed;
}

bool SourceLatch::proves_itself(const Endpoint& source, std::uint32_t ssrc, std::uint16_t sequence, Time arrival) {
  const auto step = static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - candidate_.sequence));
  const bool goes_on = candidate_.packets > 0 && source == candidate_.source && ssrc == candidate_.ssrc;
  // One trial at a time: who sprays from many addresses does not restart it.
  if (!goes_on && candidate_.packets > 0 && arrival < candidate_.last + probation && candidate_.source != source)
    return false;
  if (!goes_on || step > 50 || step < -50) candidate_ = {source, ssrc, sequence, 0, arrival, arrival};
  if (candidate_.packets > 0 && step <= 0) return false;
  candidate_.sequence = sequence;
  candidate_.last = arrival;
  ++candidate_.packets;
  if (candidate_.packets < proof || arrival - candidate_.since < probation) return false;
  candidate_ = {};
  return true;
}

}  // namespace media
