// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "config/settings.h"

namespace config {

struct RegistrationSettings {
  Flag enabled = true;
  Number<0, 2147483647> interval = 600;  // seconds
  bool operator==(const RegistrationSettings&) const = default;
};

struct AccountSipSettings {
  Flag outbound = true;
  Number<0, 3600> keepalive_interval = 30;  // seconds
  HostName tls_name;
  bool operator==(const AccountSipSettings&) const = default;
};

struct NatSettings {
  Flag rewrite_contact = true;
  bool operator==(const NatSettings&) const = default;
};

struct AccountAudioSettings {
  Codecs codec_list;
  SrtpEncryption srtp_encryption = Encryption::optional;
  Flag use_srtp_without_tls = true;
  bool operator==(const AccountAudioSettings&) const = default;
};

struct IceSettings {
  Flag enabled = false;
  Flag use_stun = true;
  StunServers stun_servers;
  bool operator==(const IceSettings&) const = default;
};

struct AccountMsrpSettings {
  Relay relay;
  Flag use_relay_for_inbound = true;
  Flag use_relay_for_outbound = false;
  bool operator==(const AccountMsrpSettings&) const = default;
};

struct AccountRingtoneSettings {
  SoundFile inbound;
  bool operator==(const AccountRingtoneSettings&) const = default;
};

// What may be set for one account; the initializers are the defaults.
struct AccountSettings {
  SipAddress id;
  Flag enabled = false;
  Text password;
  Text auth_username;
  Text display_name;
  Token contact_user;
  Server outbound_proxy;
  Transports transports = std::vector{Transport::tls, Transport::tcp, Transport::udp};  // of the Bonjour account only
  RegistrationSettings registration;
  AccountSipSettings sip;
  NatSettings nat;
  AccountAudioSettings audio;
  IceSettings ice;
  AccountMsrpSettings msrp;
  AccountRingtoneSettings ringtone;
  bool operator==(const AccountSettings&) const = default;
};

// The defaults of the account that needs no registrar: it is enabled from the start.
AccountSettings bonjour_defaults();

const Rows<AccountSettings>& account_rows();
// Those of the Bonjour account: it has no password, registration, proxy and relay.
const Rows<AccountSettings>& bonjour_rows();

}  // namespace config
