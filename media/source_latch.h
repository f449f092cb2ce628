// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "media/endpoint.h"
#include "media/sound.h"

namespace media {

// Decides whose packets are the peer's (symmetric RTP). The address of the SDP always wins, then another port of that
// host. A foreign address, as of a peer behind NAT, is believed after `proof` packets in sequence over `probation`,
// only while nothing ever came from the host of the SDP; none of the packets before is heard and nothing is sent there.
// Once somebody is believed, nobody of the same rank takes over while he is alive.
class SourceLatch {
 public:
  static constexpr unsigned proof = 10;
  static constexpr Time probation = std::chrono::milliseconds(500);
  static constexpr Time lifetime = std::chrono::seconds(3);

  enum class Verdict { known, changed, refused };

  // Begins anew if the address differs.
  void expect(const Endpoint& signalled);

  Verdict judge(const Endpoint& source, std::uint32_t ssrc, std::uint16_t sequence, Time arrival);

  // Where to send: the believed source, else what the SDP says.
  const Endpoint& remote() const { return latched_ ? *latched_ : signalled_; }
  bool latched() const { return latched_.has_value(); }

 private:
  enum class Rank { none, foreign, host, exact };

  bool proves_itself(const Endpoint& source, std::uint32_t ssrc, std::uint16_t sequence, Time arrival);

  Endpoint signalled_;
  std::optional<Endpoint> latched_;
  Rank rank_ = Rank::none;
  Time last_{};
  struct Candidate {
    Endpoint source;
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;
    unsigned packets = 0;
    Time since{};
    Time last{};
  } candidate_;
};

}  // namespace media
