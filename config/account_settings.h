// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "config/settings.h"

namespace config {

struct AccountAudioSettings {
  Codecs codec_list;
  bool operator==(const AccountAudioSettings&) const = default;
};

// What may be set for one account; the initializers are the defaults.
struct AccountSettings {
  SipAddress id;
  Flag enabled = false;
  Text display_name;
  Token contact_user;
  AccountAudioSettings audio;
  bool operator==(const AccountSettings&) const = default;
};

// The defaults of the account that needs no registrar: it is enabled from the start.
AccountSettings bonjour_defaults();

const Rows<AccountSettings>& account_rows();

}  // namespace config
