// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <random>
#include <string>

#include "media/counters.h"
#include "media/reception.h"
#include "media/rtcp.h"

namespace media {

// The reports of one stream: when they leave, what they say, what the peer's say. Media thread only.
class RtcpSession {
 public:
  explicit RtcpSession(Counters& counters);

  // What a report is made of.
  struct Facts {
    std::uint32_t ssrc = 0;
    std::uint32_t timestamp = 0;          // of the sound sent now
    std::optional<std::uint32_t> remote;  // whose packets come
    Reception* reception = nullptr;
    unsigned clock_rate = 8000;
  };

  bool due(Time now) const { return now >= next_; }
  // The next report into the bytes: its size. `wall` is of CLOCK_REALTIME.
  std::size_t report(const Facts& facts, Time now, Time wall, bool goodbye, std::span<std::byte> bytes);
  // False if it is malformed. Tells what share of our packets the peer lost, if it does.
  bool receive(Bytes bytes, std::uint32_t own_ssrc, unsigned clock_rate, Time wall);
  double loss_at_peer() const { return loss_at_peer_; }

 private:
  Counters& counters_;
  std::minstd_rand random_;
  std::string cname_;
  Time next_{};
  std::uint64_t sent_then_ = 0;
  std::uint32_t last_report_ = 0;  // of the peer: middle of its NTP time
  Time last_report_wall_{};
  double loss_at_peer_ = 0;
};

}  // namespace media
