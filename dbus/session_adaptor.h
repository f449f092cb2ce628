// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "dbus/bytes.h"  // the adaptor reads bytes by it, so it comes first

#include "config/chat_settings.h"
#include "daemon/session/session_manager.h"
#include "dbus/Session_adaptor.h"
#include "dbus/session_values.h"
#include "dbus/shared_object.h"

namespace dbus {

// The sessions on the bus. Each shows its properties as they were told last, so that reading and listening agree.
class SessionAdaptor final : private SharedObject, private org::sipsession1::Session_adaptor {
 public:
  SessionAdaptor(const Bus& bus, session::SessionManager& manager, const config::ChatSettings& chat);

  // Gives what the session shows at first.
  Interface add(session::Session& session);
  // PropertiesChanged first, then the signal.
  void tell(const session::Session& session, const session::Event& event);
  // False for one that is not here.
  bool remove(const session::Session& session);

  using Session_adaptor::INTERFACE_NAME;

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

  std::string State() override { return shown().state; }
  sdbus::ObjectPath Account() override { return shown().account; }
  std::string Direction() override { return shown().direction; }
  uint64_t StartTime() override { return shown().start_time; }
  uint64_t StopTime() override { return shown().stop_time; }
  bool OnHoldByLocal() override { return shown().on_hold_by_local; }
  bool OnHoldByRemote() override { return shown().on_hold_by_remote; }
  bool OnHold() override { return shown().on_hold; }
  std::string RemoteUserAgent() override { return shown().remote_user_agent; }
  std::string LocalUri() override { return shown().local_uri; }
  std::string RemoteUri() override { return shown().remote_uri; }
  std::string CallerUri() override { return shown().caller_uri; }
  std::string CalleeUri() override { return shown().callee_uri; }
  std::string RemoteDisplayName() override { return shown().remote_display_name; }
  dbus::Route Route() override { return shown().route; }
  Dictionary AudioTransport() override;
  bool HasAudio() override { return shown().has_audio; }
  uint32_t AudioSampleRate() override { return shown().audio_sample_rate; }
  std::string AudioCodec() override { return shown().audio_codec; }
  bool AudioSrtpActive() override { return shown().audio_srtp_active; }
  std::string AudioLocalRtpAddress() override { return shown().audio_local_rtp_address; }
  uint16_t AudioLocalRtpPort() override { return shown().audio_local_rtp_port; }
  std::string AudioRemoteRtpAddressSdp() override { return shown().audio_remote_rtp_address_sdp; }
  uint16_t AudioRemoteRtpPortSdp() override { return shown().audio_remote_rtp_port_sdp; }
  std::string AudioRemoteRtpAddressReceived() override { return shown().audio_remote_rtp_address_received; }
  uint16_t AudioRemoteRtpPortReceived() override { return shown().audio_remote_rtp_port_received; }
  bool AudioWasReceived() override { return shown().audio_was_received; }
  std::string AudioRecordingFileName() override { return shown().audio_recording_file_name; }
  Dictionary ChatTransport() override;
  bool HasChat() override { return shown().has_chat; }
  Names Streams() override { return shown().streams; }
  Names ProposedStreams() override { return shown().proposed_streams; }
  dbus::EndReason EndReason() override { return shown().end_reason; }
  bool Muted() override { return shown().muted; }
  void Muted(const bool& value) override;

  // The notification of an event of the current session, if it has one.
  void emit(const session::Event& event);

  struct Exported;
  Exported& exported() const;
  session::Session& session() const;
  const SessionValues& shown() const;

  Bus bus_;
  session::SessionManager& manager_;
  const config::ChatSettings& chat_;
};

}  // namespace dbus
