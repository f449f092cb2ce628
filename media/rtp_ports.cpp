// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_ports.h"

#include "base/error.h"
#include "base/random.h"

namespace media {

using base::Errc;
using base::Error;

RtpPorts::RtpPorts(PortRange range) : first_((range.first + 1u) & ~1u) {
  // The last may be even: then its odd one is the next.
  const unsigned last = range.last & ~1u;
  if (first_ == 0 || last < first_)
    throw Error(Errc::invalid_argument, "RTP ports " + std::to_string(range.first) + " to " +
                                            std::to_string(range.last) + " hold no even port");
  pairs_ = (last - first_) / 2 + 1;
  next_ = static_cast<unsigned>(base::Random()() % pairs_);
}

PortPair RtpPorts::take(const std::string& local_address) {
  if (!Endpoint::from_text(local_address, 0))
    throw Error(Errc::media_failure, "local address \"" + local_address + "\" of sound is not numeric");
  for (unsigned tried = 0; tried < pairs_; ++tried) {
    const unsigned port = first_ + 2 * next_;
    next_ = (next_ + 1) % pairs_;
    UdpSocket rtp(*Endpoint::from_text(local_address, static_cast<std::uint16_t>(port)));
    if (!rtp.valid()) continue;
    UdpSocket rtcp(*Endpoint::from_text(local_address, static_cast<std::uint16_t>(port + 1)));
    if (!rtcp.valid()) continue;
    return {std::move(rtp), std::move(rtcp), static_cast<std::uint16_t>(port)};
  }
  throw Error(Errc::media_failure, "no pair of RTP ports is free on " + local_address + " between " +
                                       std::to_string(first_) + " and " + std::to_string(first_ + 2 * pairs_ - 1));
}

}  // namespace media
