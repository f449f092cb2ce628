// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "media/udp_socket.h"

namespace media {

// The even ports that may carry RTP; each is followed by its odd one for RTCP.
struct PortRange {
  std::uint16_t first = 50000;
  std::uint16_t last = 50400;
};

// An even port for RTP and the next for RTCP, held while it lives.
struct PortPair {
  UdpSocket rtp;
  UdpSocket rtcp;
  std::uint16_t port = 0;
};

// Hands out pairs in turn, so that late packets of an ended call do not reach the next one.
class RtpPorts {
 public:
  explicit RtpPorts(PortRange range);

  // Throws Error{media_failure} when no pair is free on the address.
  PortPair take(const std::string& local_address);

 private:
  unsigned first_;
  unsigned pairs_;
  unsigned next_;
};

}  // namespace media
