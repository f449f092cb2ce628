// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sdbus-c++/AdaptorInterfaces.h>

#include "dbus/bytes.h"  // the adaptor reads bytes by it, so it comes first

#include "config/chat_settings.h"
#include "daemon/session/session_manager.h"
#include "dbus/Session_adaptor.h"
#include "dbus/object.h"
#include "dbus/session_values.h"

namespace dbus {

// One session on the bus. It shows the properties as they were told last, so that reading and listening agree.
class SessionAdaptor final : private sdbus::AdaptorInterfaces<org::sipsession1::Session_adaptor> {
 public:
  SessionAdaptor(const Bus& bus, session::SessionManager& manager, session::Session& session,
                 const config::ChatSettings& chat);
  ~SessionAdaptor();

  // PropertiesChanged first, then the signal.
  void tell(const session::Event& event);

  Interface interface() const;

 private:
  void Connect(const std::string& callee_uri, const std::vector<dbus::Route>& routes, const Names& streams) override;
  void Accept(const Names& streams) override;
  void Reject(const bool& is_busy) override;
  void Hold() override;
  void Unhold() override;
  void StartRecordingAudio(const std::string& file_name) override;
  void StopRecordingAudio() override;
  void SendDtmf(const std::string& digit) override;
  std::string SendMessage(const std::string& content, const std::string& content_type, const std::string& to_uri,
                          const uint64_t& dt) override;
  std::string SendData(const std::vector<uint8_t>& content, const std::string& content_type, const std::string& to_uri,
                       const uint64_t& dt) override;
  void SetComposing(const bool& active, const uint32_t& refresh) override;
  void AddAudio() override;
  void AddChat() override;
  void RemoveAudio() override;
  void RemoveChat() override;
  void AcceptProposal(const Names& streams) override;
  void RejectProposal() override;
  void End(const bool& is_busy) override;
  void Release() override;

  std::string State() override { return shown_.state; }
  sdbus::ObjectPath Account() override { return shown_.account; }
  std::string Direction() override { return shown_.direction; }
  uint64_t StartTime() override { return shown_.start_time; }
  uint64_t StopTime() override { return shown_.stop_time; }
  bool OnHoldByLocal() override { return shown_.on_hold_by_local; }
  bool OnHoldByRemote() override { return shown_.on_hold_by_remote; }
  bool OnHold() override { return shown_.on_hold; }
  std::string RemoteUserAgent() override { return shown_.remote_user_agent; }
  std::string LocalUri() override { return shown_.local_uri; }
  std::string RemoteUri() override { return shown_.remote_uri; }
  std::string CallerUri() override { return shown_.caller_uri; }
  std::string CalleeUri() override { return shown_.callee_uri; }
  std::string RemoteDisplayName() override { return shown_.remote_display_name; }
  dbus::Route Route() override { return shown_.route; }
  Dictionary AudioTransport() override;
  bool HasAudio() override { return shown_.has_audio; }
  uint32_t AudioSampleRate() override { return shown_.audio_sample_rate; }
  std::string AudioCodec() override { return shown_.audio_codec; }
  bool AudioSrtpActive() override { return shown_.audio_srtp_active; }
  std::string AudioLocalRtpAddress() override { return shown_.audio_local_rtp_address; }
  uint16_t AudioLocalRtpPort() override { return shown_.audio_local_rtp_port; }
  std::string AudioRemoteRtpAddressSdp() override { return shown_.audio_remote_rtp_address_sdp; }
  uint16_t AudioRemoteRtpPortSdp() override { return shown_.audio_remote_rtp_port_sdp; }
  std::string AudioRemoteRtpAddressReceived() override { return shown_.audio_remote_rtp_address_received; }
  uint16_t AudioRemoteRtpPortReceived() override { return shown_.audio_remote_rtp_port_received; }
  bool AudioWasReceived() override { return shown_.audio_was_received; }
  std::string AudioRecordingFileName() override { return shown_.audio_recording_file_name; }
  Dictionary ChatTransport() override;
  bool HasChat() override { return shown_.has_chat; }
  Names Streams() override { return shown_.streams; }
  Names ProposedStreams() override { return shown_.proposed_streams; }
  dbus::EndReason EndReason() override { return shown_.end_reason; }
  bool Muted() override { return shown_.muted; }
  void Muted(const bool& value) override;

  Bus bus_;
  session::SessionManager& manager_;
  session::Session& session_;
  const config::ChatSettings& chat_;
  SessionValues shown_;
};

}  // namespace dbus
