// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/general_settings.h"

namespace config {
namespace {

using G = GeneralSettings;

Rows<G> own_rows() {
  return {
      row<G, &G::default_account>("default_account",
                                  "Id of the account whose calls name no other; it must be enabled. Empty: none. The "
                                  "first account that is enabled takes the place of bonjour@local.",
                                  {.nillable = true, .applies = Applies::at_once}),
      row<G, &G::local_ip>(
          "local_ip",
          "Address that SIP and chats listen on, and Contact names; auto: all addresses, and towards each peer "
          "the one that faces it.",
          {.applies = Applies::sip_start}),
      row<G, &G::user_agent>("user_agent",
                             "Product in User-Agent and Server headers; empty: sipsessiond and its version.",
                             {.nillable = true, .applies = Applies::sip_start}),
      row<G, &G::resources_directory>("resources_directory",
                                      "Directory of sound files that are named without one; empty: that of the "
                                      "package. Not used yet.",
                                      {.nillable = true}),
      row<G, &G::accounts, &AccountsSettings::password_store>(
          "accounts.password_store",
          "Where passwords are kept that are set from now on: in the Secret Service of the session, in the file of the "
          "settings, or with auto in the first of these that is there. One that the Secret Service has goes to the "
          "file "
          "only with file.",
          {.applies = Applies::at_once}),
  };
}

Rows<G> audio_rows() {
  return {
      row<G, &G::audio, &AudioSettings::input_device>("audio.input_device",
                                                      "Where sound is captured: the id of a device, default, or none.",
                                                      {.applies = Applies::daemon_start}),
      row<G, &G::audio, &AudioSettings::output_device>("audio.output_device",
                                                       "Where sound is played: the id of a device, default, or none.",
                                                       {.applies = Applies::daemon_start}),
      row<G, &G::audio, &AudioSettings::sample_rate>("audio.sample_rate",
                                                     "Rate in Hz at which sound is mixed, played and recorded.",
                                                     {.applies = Applies::daemon_start}),
      row<G, &G::audio, &AudioSettings::tail_length>(
          "audio.tail_length", "Milliseconds of echo that are taken away; 0: echo stays. Not used yet."),
      row<G, &G::audio, &AudioSettings::recording_layout>(
          "audio.recording_layout",
          "Channels of a recording: mixed has both parties in one, stereo has ours left and the other right.",
          {.applies = Applies::daemon_start}),
      row<G, &G::audio, &AudioSettings::recordings_directory>(
          "audio.recordings_directory",
          "Directory of recordings, one directory for each account within; empty: $XDG_DATA_HOME/sipsessiond/history.",
          {.nillable = true}),
      row<G, &G::audio, &AudioSettings::silent>("audio.silent",
                                                "Whether calls that come in do not ring. Not used yet."),
      row<G, &G::audio, &AudioSettings::playback_dtmf>("audio.playback_dtmf",
                                                       "Whether the tones of digits are heard. Not used yet."),
      row<G, &G::audio, &AudioSettings::codec_list>("audio.codec_list",
                                                    "Audio codecs that are offered and accepted, the preferred first."),
      row<G, &G::rtp, &RtpSettings::port_range>("rtp.port_range",
                                                "Local ports for RTP (even) and RTCP (the next), first and last.",
                                                {.applies = Applies::daemon_start}),
      row<G, &G::rtp, &RtpSettings::timeout>(
          "rtp.timeout",
          "Seconds of silence after which missing audio is reported again; 0: only once, 5 s after the start."),
      row<G, &G::rtp, &RtpSettings::local_ip>("rtp.local_ip",
                                              "Address that the session description names; auto: as for SIP."),
  };
}

Rows<G> sip_rows() {
  return {
      row<G, &G::sip, &SipSettings::udp_port>("sip.udp_port",
                                              "Port that SIP listens on over UDP; 0: 5060 if it is free, else any.",
                                              {.applies = Applies::sip_start}),
      row<G, &G::sip, &SipSettings::tcp_port>("sip.tcp_port",
                                              "Port that SIP listens on over TCP; 0: 5060 if it is free, else any.",
                                              {.applies = Applies::sip_start}),
      row<G, &G::sip, &SipSettings::tls_port>("sip.tls_port",
                                              "Port that SIP listens on over TLS; 0: 5061 if it is free, else any.",
                                              {.applies = Applies::sip_start}),
      row<G, &G::sip, &SipSettings::transports>(
          "sip.transports", "Transports that SIP listens on and may call over, the preferred first.",
          {.applies = Applies::sip_start}),
      row<G, &G::sip, &SipSettings::name_servers>(
          "sip.name_servers",
          "Name servers that are asked for the routes of calls and registrations; empty: those of /etc/resolv.conf.",
          {.nillable = true}),
      row<G, &G::tls, &TlsSettings::ca_list_file>(
          "tls.ca_list_file", "Certificates of the authorities that are trusted (PEM); empty: those of the system.",
          {.nillable = true, .applies = Applies::reload}),
      row<G, &G::tls, &TlsSettings::certificate_file>(
          "tls.certificate_file", "Our own certificate (PEM); empty: one that we made and signed ourselves.",
          {.nillable = true, .applies = Applies::reload}),
      row<G, &G::tls, &TlsSettings::private_key_file>(
          "tls.private_key_file", "Key of our own certificate (PEM); empty: in the file of the certificate.",
          {.nillable = true, .applies = Applies::reload}),
      row<G, &G::tls, &TlsSettings::verify_server>(
          "tls.verify_server", "Whether a server must have a valid certificate with the right name.",
          {.applies = Applies::sip_start}),
      row<G, &G::tls, &TlsSettings::timeout>("tls.timeout", "Milliseconds that a TLS handshake may take.",
                                             {.applies = Applies::sip_start}),
  };
}

Rows<G> session_rows() {
  return {
      row<G, &G::sessions, &SessionsSettings::max>(
          "sessions.max", "Most sessions at one time; a further call that comes in is answered with busy."),
      row<G, &G::sessions, &SessionsSettings::linger>("sessions.linger",
                                                      "Seconds that a terminated session stays on the bus."),
      row<G, &G::sessions, &SessionsSettings::proposal_timeout>(
          "sessions.proposal_timeout", "Seconds after which a proposed stream that nobody answered is refused."),
  };
}

Rows<G> chat_rows() {
  return {
      row<G, &G::chat, &ChatSettings::accept_types>("chat.accept_types", "MIME types that are taken in a chat."),
      row<G, &G::chat, &ChatSettings::accept_wrapped_types>("chat.accept_wrapped_types",
                                                            "MIME types that are taken within CPIM."),
      row<G, &G::chat, &ChatSettings::max_message_size>(
          "chat.max_message_size", "Most bytes of a message, without its wrapper of CPIM, in both directions."),
      row<G, &G::chat, &ChatSettings::history>("chat.history",
                                               "Whether chats are written down: a file of JSON lines for each peer."),
      row<G, &G::chat, &ChatSettings::message_received_sound>(
          "chat.message_received_sound", "Sound for a message that came, and its volume; empty: none. Not used yet.",
          {.nillable = true}),
      row<G, &G::chat, &ChatSettings::message_sent_sound>(
          "chat.message_sent_sound", "Sound for a message that was sent, and its volume; empty: none. Not used yet.",
          {.nillable = true}),
      row<G, &G::msrp, &MsrpSettings::transport>("msrp.transport", "Transport of chats that need no relay."),
      row<G, &G::msrp, &MsrpSettings::local_port>("msrp.local_port", "Port that chats listen on; 0: any that is free."),
      row<G, &G::msrp, &MsrpSettings::keepalive_interval>(
          "msrp.keepalive_interval",
          "Seconds of silence after which a chat asks whether the peer is still there, which keeps the way to it open "
          "through NAT and relays; one that does not answer in 30 s is given up. 0: it is not asked."),
      row<G, &G::ringtone, &RingtoneSettings::inbound>(
          "ringtone.inbound", "Sound that rings for calls that come in, and its volume; empty: none. Not used yet.",
          {.nillable = true}),
      row<G, &G::ringtone, &RingtoneSettings::outbound>(
          "ringtone.outbound",
          "Sound while the other party rings, and its volume; empty: the usual tone. Not used yet.",
          {.nillable = true}),
  };
}

Rows<G> log_rows() {
  return {
      row<G, &G::logging, &LoggingSettings::directory>("logging.directory",
                                                       "Directory of traces; empty: $XDG_DATA_HOME/sipsessiond/logs.",
                                                       {.nillable = true, .applies = Applies::at_once}),
      row<G, &G::logging, &LoggingSettings::trace_sip>(
          "logging.trace_sip", "Whether SIP messages are written down as they pass, without secrets, to sip_trace.txt.",
          {.applies = Applies::at_once}),
      row<G, &G::logging, &LoggingSettings::trace_msrp>(
          "logging.trace_msrp",
          "Whether chat messages are written down as they pass, with all that is said, to msrp_trace.txt.",
          {.applies = Applies::at_once}),
  };
}

}  // namespace

const Rows<GeneralSettings>& general_rows() {
  static const Rows<G> rows =
      joined<G>({own_rows(), audio_rows(), sip_rows(), session_rows(), chat_rows(), log_rows()});
  return rows;
}

}  // namespace config
