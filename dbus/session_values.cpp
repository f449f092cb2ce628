// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/session_values.h"

#include "base/text.h"
#include "dbus/names.h"

namespace dbus {

SessionValues values_of(const session::Properties& properties) {
  const session::Properties& p = properties;
  return {
      .state = std::string(session::to_text(p.state)),
      .account = account_path(p.account),
      .direction = p.direction,
      .start_time = to_bus(p.start_time),
      .stop_time = to_bus(p.stop_time),
      .on_hold_by_local = p.on_hold_by_local,
      .on_hold_by_remote = p.on_hold_by_remote,
      .on_hold = p.on_hold(),
      .remote_user_agent = base::to_display(p.remote_user_agent),
      .local_uri = base::to_display(p.local_uri),
      .remote_uri = base::to_display(p.remote_uri),
      .caller_uri = base::to_display(p.caller_uri),
      .callee_uri = base::to_display(p.callee_uri),
      .remote_display_name = base::to_display(p.remote_display_name),
      .route = to_bus(p.route),
      .has_audio = p.streams.audio,
      .audio_sample_rate = p.audio_sample_rate,
      .audio_codec = base::to_display(p.audio_codec),
      .audio_srtp_active = p.audio_srtp_active,
      .audio_local_rtp_address = base::to_display(p.audio_local_rtp_address),
      .audio_local_rtp_port = p.audio_local_rtp_port,
      .audio_remote_rtp_address_sdp = base::to_display(p.audio_remote_rtp_address_sdp),
      .audio_remote_rtp_port_sdp = p.audio_remote_rtp_port_sdp,
      .audio_remote_rtp_address_received = base::to_display(p.audio_remote_rtp_address_received),
      .audio_remote_rtp_port_received = p.audio_remote_rtp_port_received,
      .audio_was_received = p.audio_was_received(),
      .audio_recording_file_name = base::to_utf8(p.audio_recording_file_name),
      .has_chat = p.streams.chat,
      .streams = p.streams.names(),
      .proposed_streams = p.proposed_streams.names(),
      .end_reason = to_bus(p.end_reason),
      .muted = p.muted,
  };
}

const PropertyTable<SessionValues>& session_table() {
  using V = SessionValues;
  static const PropertyTable<V> table{
      property("State", &V::state),
      property("Account", &V::account),
      property("Direction", &V::direction),
      property("StartTime", &V::start_time),
      property("StopTime", &V::stop_time),
      property("OnHoldByLocal", &V::on_hold_by_local),
      property("OnHoldByRemote", &V::on_hold_by_remote),
      property("OnHold", &V::on_hold),
      property("RemoteUserAgent", &V::remote_user_agent),
      property("LocalUri", &V::local_uri),
      property("RemoteUri", &V::remote_uri),
      property("CallerUri", &V::caller_uri),
      property("CalleeUri", &V::callee_uri),
      property("RemoteDisplayName", &V::remote_display_name),
      property("Route", &V::route),
      property("HasAudio", &V::has_audio),
      property("AudioSampleRate", &V::audio_sample_rate),
      property("AudioCodec", &V::audio_codec),
      property("AudioSrtpActive", &V::audio_srtp_active),
      property("AudioLocalRtpAddress", &V::audio_local_rtp_address),
      property("AudioLocalRtpPort", &V::audio_local_rtp_port),
      property("AudioRemoteRtpAddressSdp", &V::audio_remote_rtp_address_sdp),
      property("AudioRemoteRtpPortSdp", &V::audio_remote_rtp_port_sdp),
      property("AudioRemoteRtpAddressReceived", &V::audio_remote_rtp_address_received),
      property("AudioRemoteRtpPortReceived", &V::audio_remote_rtp_port_received),
      property("AudioWasReceived", &V::audio_was_received),
      property("AudioRecordingFileName", &V::audio_recording_file_name),
      property("HasChat", &V::has_chat),
      property("Streams", &V::streams),
      property("ProposedStreams", &V::proposed_streams),
      property("EndReason", &V::end_reason),
      property("Muted", &V::muted),
  };
  return table;
}

}  // namespace dbus
