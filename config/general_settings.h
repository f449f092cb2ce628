// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "config/chat_settings.h"

namespace config {

struct AccountsSettings {
  PasswordStore password_store = PasswordPlace::automatic;
  bool operator==(const AccountsSettings&) const = default;
};

struct AudioSettings {
  Text input_device = "default";
  Text output_device = "default";
  SampleRate sample_rate = 48000;
  Number<0, 1000> tail_length = 200;  // milliseconds
  RecordingForm recording_layout = RecordingLayout::mixed;
  Path recordings_directory;
  Flag silent = false;
  Flag playback_dtmf = true;
  Codecs codec_list = std::vector<std::string>{"opus", "G722", "PCMU", "PCMA"};
  bool operator==(const AudioSettings&) const = default;
};

struct RtpSettings {
  PortRange port_range = Ports{50000, 50400};
  Number<0, 86400> timeout = 30;  // seconds
  IpAddress local_ip = "auto";
  bool operator==(const RtpSettings&) const = default;
};

struct SipSettings {
  Port udp_port;
  Port tcp_port;
  Port tls_port;
  Transports transports = std::vector{Transport::tls, Transport::tcp, Transport::udp};
  NameServers name_servers;
  bool operator==(const SipSettings&) const = default;
};

struct TlsSettings {
  Path ca_list_file;
  Path certificate_file;
  Path private_key_file;
  Flag verify_server = true;
  Number<100, 60000> timeout = 5000;  // milliseconds
  bool operator==(const TlsSettings&) const = default;
};

struct SessionsSettings {
  Number<1, 1000> max = 64;
  Number<0, 86400> linger = 60;            // seconds
  Number<1, 86400> proposal_timeout = 90;  // seconds
  bool operator==(const SessionsSettings&) const = default;
};

struct LoggingSettings {
  Path directory;
  Flag trace_sip = false;
  Flag trace_msrp = false;
  bool operator==(const LoggingSettings&) const = default;
};

// What may be set for the whole daemon; the initializers are the defaults.
struct GeneralSettings {
  SipAddress default_account = "bonjour@local";
  IpAddress local_ip = "auto";
  Text user_agent;
  Path resources_directory;
  AccountsSettings accounts;
  AudioSettings audio;
  RtpSettings rtp;
  SipSettings sip;
  TlsSettings tls;
  SessionsSettings sessions;
  ChatSettings chat;
  MsrpSettings msrp;
  RingtoneSettings ringtone;
  LoggingSettings logging;
  bool operator==(const GeneralSettings&) const = default;
};

const Rows<GeneralSettings>& general_rows();

}  // namespace config
