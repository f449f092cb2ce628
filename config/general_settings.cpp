// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/general_settings.h"

namespace config {

const Rows<GeneralSettings>& general_rows() {
  using G = GeneralSettings;
  static const Rows<G> rows = {
      row<G, &G::local_ip>(
          "local_ip",
          "Address that SIP listens on and names in Contact; auto: all addresses, and towards each peer "
          "the one that faces it."),
      row<G, &G::user_agent>("user_agent",
                             "Product in User-Agent and Server headers; empty: sipsessiond and its version.",
                             {.nillable = true}),
      row<G, &G::audio, &AudioSettings::input_device>("audio.input_device",
                                                      "Where sound is captured: the id of a device, default, or none."),
      row<G, &G::audio, &AudioSettings::output_device>("audio.output_device",
                                                       "Where sound is played: the id of a device, default, or none."),
      row<G, &G::audio, &AudioSettings::sample_rate>("audio.sample_rate",
                                                     "Rate in Hz at which sound is mixed, played and recorded."),
      row<G, &G::audio, &AudioSettings::recording_layout>(
          "audio.recording_layout",
          "Channels of a recording: mixed has both parties in one, stereo has ours left and the other right."),
      row<G, &G::audio, &AudioSettings::recordings_directory>(
          "audio.recordings_directory",
          "Directory of recordings, one directory for each account within; empty: $XDG_DATA_HOME/sipsessiond/history.",
          {.nillable = true}),
      row<G, &G::audio, &AudioSettings::codec_list>("audio.codec_list",
                                                    "Audio codecs that are offered and accepted, the preferred first."),
      row<G, &G::rtp, &RtpSettings::port_range>("rtp.port_range",
                                                "Local ports for RTP (even) and RTCP (the next), first and last."),
      row<G, &G::rtp, &RtpSettings::timeout>(
          "rtp.timeout",
          "Seconds of silence after which missing audio is reported again; 0: only once, 5 s after the start."),
      row<G, &G::rtp, &RtpSettings::local_ip>("rtp.local_ip",
                                              "Address that the session description names; auto: as for SIP."),
      row<G, &G::sip, &SipSettings::udp_port>("sip.udp_port",
                                              "Port that SIP listens on over UDP; 0: 5060 if it is free, else any."),
      row<G, &G::sip, &SipSettings::tcp_port>("sip.tcp_port",
                                              "Port that SIP listens on over TCP; 0: 5060 if it is free, else any."),
      row<G, &G::sip, &SipSettings::transports>(
          "sip.transports", "Transports that SIP listens on and may call over, the preferred first."),
      row<G, &G::sessions, &SessionsSettings::max>(
          "sessions.max", "Most sessions at one time; a further call that comes in is answered with busy."),
      row<G, &G::sessions, &SessionsSettings::linger>("sessions.linger",
                                                      "Seconds that a terminated session stays on the bus."),
  };
  return rows;
}

}  // namespace config
