// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/account_settings.h"

namespace config {
namespace {

using A = AccountSettings;

Row<A> identity_row() {
  return row<A, &A::id>("id", "Address of the account, which also identifies it.", {.write_once = true});
}

Row<A> enabled_row() {
  return row<A, &A::enabled>("enabled", "Whether the account may make and take calls.", {.applies = Applies::at_once});
}

Rows<A> login_rows() {
  return {
      row<A, &A::password>("password",
                           "Password for registrar, proxies and relay; it can be set and never read. See "
                           "accounts.password_store for where it is kept. It leaves as a digest only, for the realms "
                           "of the domain, of the proxy and of the registrar that took it: a proxy with another realm "
                           "gets none from an account that does not register.",
                           {.nillable = true, .secret = true, .applies = Applies::registration}),
      row<A, &A::auth_username>("auth_username",
                                "User name that goes with the password; empty: the user part of the id.",
                                {.nillable = true, .applies = Applies::registration}),
      row<A, &A::outbound_proxy>("outbound_proxy",
                                 "Proxy that every request of the account goes to first; empty: what DNS says of the "
                                 "domain. Without a port it is looked up in DNS, too.",
                                 {.nillable = true, .applies = Applies::registration}),
      row<A, &A::registration, &RegistrationSettings::enabled>(
          "registration.enabled", "Whether the account is registered while it is active, so that calls reach it.",
          {.applies = Applies::registration}),
      row<A, &A::registration, &RegistrationSettings::interval>(
          "registration.interval",
          "Seconds that a registration is asked to last; it is renewed before. 0: as the registrar likes.",
          {.applies = Applies::registration}),
      row<A, &A::sip, &AccountSipSettings::outbound>("sip.outbound",
                                                     "Whether the registrar is asked to send calls through our own "
                                                     "connection to it (RFC 5626), where it can. It is not while "
                                                     "sip.keepalive_interval is 0.",
                                                     {.applies = Applies::registration}),
      row<A, &A::sip, &AccountSipSettings::keepalive_interval>(
          "sip.keepalive_interval",
          "The most seconds between packets that keep the way to the registrar open through NAT and show that it is "
          "there: line ends over TCP and TLS, every 95 s at least, OPTIONS over UDP. 0: none are sent.",
          {.applies = Applies::registration}),
      row<A, &A::sip, &AccountSipSettings::tls_name>(
          "sip.tls_name",
          "Name that the certificate of the server must have; empty: that of the proxy, or the domain of the id.",
          {.nillable = true, .applies = Applies::registration}),
      row<A, &A::nat, &NatSettings::rewrite_contact>(
          "nat.rewrite_contact",
          "Whether Contact names the address and port that the server sees us at, when they are not our own.",
          {.applies = Applies::registration}),
  };
}

Rows<A> name_rows() {
  return {
      row<A, &A::display_name>("display_name", "Name that the other party sees; empty: only the address.",
                               {.nillable = true, .applies = Applies::registration}),
      row<A, &A::contact_user>("contact_user",
                               "User part of Contact; empty: eight random lower-case letters, new at each start.",
                               {.nillable = true, .applies = Applies::registration}),
  };
}

Rows<A> sound_rows() {
  return {
      row<A, &A::audio, &AccountAudioSettings::codec_list>(
          "audio.codec_list",
          "Audio codecs of this account, the preferred first; empty: those of the general settings.",
          {.nillable = true}),
      row<A, &A::audio, &AccountAudioSettings::srtp_encryption>(
          "audio.srtp_encryption",
          "Whether sound is encrypted: disabled never, optional when the other party can, mandatory always. Not used "
          "yet."),
      row<A, &A::audio, &AccountAudioSettings::use_srtp_without_tls>(
          "audio.use_srtp_without_tls",
          "Whether sound may be encrypted when its keys travel through SIP without TLS. Not used yet."),
      row<A, &A::ice, &IceSettings::enabled>("ice.enabled", "Whether ICE looks for a way for the sound. Not used yet."),
      row<A, &A::ice, &IceSettings::use_stun>("ice.use_stun",
                                              "Whether ICE asks STUN servers for our outer address. Not used yet."),
      row<A, &A::ice, &IceSettings::stun_servers>(
          "ice.stun_servers", "STUN servers; empty: what DNS says of the domain. Not used yet.", {.nillable = true}),
      row<A, &A::ringtone, &AccountRingtoneSettings::inbound>(
          "ringtone.inbound",
          "Sound that rings for calls to this account, and its volume; empty: that of the general settings. Not used "
          "yet.",
          {.nillable = true}),
  };
}

Rows<A> relay_rows() {
  return {
      row<A, &A::msrp, &AccountMsrpSettings::relay>(
          "msrp.relay", "Relay for chats (RFC 4976), over TLS unless it says tcp; empty: those that DNS names.",
          {.nillable = true}),
      row<A, &A::msrp, &AccountMsrpSettings::use_relay_for_inbound>(
          "msrp.use_relay_for_inbound", "Whether the relay is used for chats that others begin."),
      row<A, &A::msrp, &AccountMsrpSettings::use_relay_for_outbound>(
          "msrp.use_relay_for_outbound", "Whether the relay is used for chats that we begin."),
  };
}

}  // namespace

AccountSettings bonjour_defaults() {
  AccountSettings settings;
  settings.id = "bonjour@local";
  settings.enabled = true;
  return settings;
}

const Rows<AccountSettings>& account_rows() {
  static const Rows<A> rows =
      joined<A>({{identity_row(), enabled_row()}, login_rows(), name_rows(), sound_rows(), relay_rows()});
  return rows;
}

const Rows<AccountSettings>& bonjour_rows() {
  static const Rows<A> rows = joined<A>(
      {{identity_row(), enabled_row(),
        row<A, &A::transports>("transports",
                               "Transports that calls on the local network use, the preferred first. Not used yet.")},
       name_rows(),
       sound_rows()});
  return rows;
}

}  // namespace config
