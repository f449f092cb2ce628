// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/session/properties.h"
#include "dbus/to_bus.h"

namespace dbus {

// What a session shows on the bus at one moment; AudioTransport and ChatTransport are read when wanted.
struct SessionValues {
  std::string state;
  sdbus::ObjectPath account;
  std::string direction;
  std::uint64_t start_time;
  std::uint64_t stop_time;
  bool on_hold_by_local;
  bool on_hold_by_remote;
  bool on_hold;
  std::string remote_user_agent;
  std::string local_uri;
  std::string remote_uri;
  std::string caller_uri;
  std::string callee_uri;
  std::string remote_display_name;
  Route route;
  bool has_audio;
  std::uint32_t audio_sample_rate;
  std::string audio_codec;
  bool audio_srtp_active;
  std::string audio_local_rtp_address;
  std::uint16_t audio_local_rtp_port;
  std::string audio_remote_rtp_address_sdp;
  std::uint16_t audio_remote_rtp_port_sdp;
  std::string audio_remote_rtp_address_received;
  std::uint16_t audio_remote_rtp_port_received;
  bool audio_was_received;
  std::string audio_recording_file_name;
  bool has_chat;
  std::vector<std::string> streams;
  std::vector<std::string> proposed_streams;
  EndReason end_reason;
  bool muted;
};

SessionValues values_of(const session::Properties& properties);

const PropertyTable<SessionValues>& session_table();

}  // namespace dbus
