// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "daemon/session/events.h"
#include "daemon/session/machine.h"
#include "daemon/session/streams.h"
#include "daemon/sip/route.h"

namespace session {

using Time = std::chrono::system_clock::time_point;  // the epoch is None

// Why a session is over.
struct EndReason {
  std::string originator;  // local, remote, or empty while it is not over
  unsigned code = 0;       // of SIP, or 0
  std::string reason;

  bool operator==(const EndReason&) const = default;
};

// What is to be said in a chat.
struct OutgoingMessage {
  std::string content;
  std::string content_type;  // empty: text/plain
  std::string to_uri;        // empty: the peer
  Time date_time{};          // None: now
};

// What a session shows, as the API names it; an empty value is None. A plain value, so that two moments can be
// compared.
struct Properties {
  State state = State::null;
  std::string account;    // id
  std::string direction;  // incoming, outgoing, or empty
  Time start_time{};
  Time stop_time{};
  bool on_hold_by_local = false;
  bool on_hold_by_remote = false;
  std::string remote_user_agent;
  std::string local_uri;
  std::string remote_uri;
  std::string caller_uri;
  std::string callee_uri;
  std::string remote_display_name;
  sip::Route route;
  Streams streams;                 // active
  Streams proposed_streams;        // asked for, neither active nor refused
  unsigned audio_sample_rate = 0;  // Hz
  std::string audio_codec;
  bool audio_srtp_active = false;
  std::string audio_local_rtp_address;
  std::uint16_t audio_local_rtp_port = 0;
  std::string audio_remote_rtp_address_sdp;
  std::uint16_t audio_remote_rtp_port_sdp = 0;
  std::string audio_remote_rtp_address_received;
  std::uint16_t audio_remote_rtp_port_received = 0;
  std::string audio_recording_file_name;
  EndReason end_reason;
  bool muted = false;

  bool on_hold() const { return on_hold_by_local || on_hold_by_remote; }
  bool audio_was_received() const { return streams.audio && !audio_remote_rtp_address_received.empty(); }
};

}  // namespace session
