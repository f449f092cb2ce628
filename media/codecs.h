// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace media {

// One audio codec that we speak, as SDP names it (RFC 3551, RFC 7587).
struct Codec {
  std::string_view name;                            // encoding name: PCMU
  unsigned clock_rate;                              // of RTP and SDP, Hz
  unsigned channels;                                // as SDP says it: opus/48000/2 is always 2
  unsigned sample_rate;                             // of the sound, Hz: 16000 for G722, whatever its clock says
  std::optional<std::uint8_t> static_payload_type;  // RFC 3551; nothing: dynamic
  std::string_view parameters;                      // a=fmtp of what we take; empty: none
};

// The whole table, in our order of preference: opus, G722, PCMU, PCMA.
std::span<const Codec> all_codecs();

// Names are compared without regard to case.
const Codec* find_codec(std::string_view name);

// Those whose GStreamer elements are present. GStreamer must be initialized.
std::vector<std::string> available_codecs();

}  // namespace media
