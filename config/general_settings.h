// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "config/settings.h"

namespace config {

struct AudioSettings {
  Text input_device = "default";
  Text output_device = "default";
  SampleRate sample_rate = 48000;
  RecordingForm recording_layout = RecordingLayout::mixed;
  Path recordings_directory;
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
  Transports transports = std::vector{Transport::udp, Transport::tcp};
  bool operator==(const SipSettings&) const = default;
};

struct SessionsSettings {
  Number<1, 1000> max = 64;
  Number<0, 86400> linger = 60;  // seconds
  bool operator==(const SessionsSettings&) const = default;
};

// What may be set for the whole daemon; the initializers are the defaults.
struct GeneralSettings {
  IpAddress local_ip = "auto";
  Text user_agent;
  AudioSettings audio;
  RtpSettings rtp;
  SipSettings sip;
  SessionsSettings sessions;
  bool operator==(const GeneralSettings&) const = default;
};

const Rows<GeneralSettings>& general_rows();

}  // namespace config
