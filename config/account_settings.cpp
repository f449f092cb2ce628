// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/account_settings.h"

namespace config {

AccountSettings bonjour_defaults() {
  AccountSettings settings;
  settings.id = "bonjour@local";
  settings.enabled = true;
  return settings;
}

const Rows<AccountSettings>& account_rows() {
  using A = AccountSettings;
  static const Rows<A> rows = {
      row<A, &A::id>("id", "Address of the account, which also identifies it.", {.write_once = true}),
      row<A, &A::enabled>("enabled", "Whether the account may make and take calls."),
      row<A, &A::display_name>("display_name", "Name that the other party sees; empty: only the address.",
                               {.nillable = true}),
      row<A, &A::contact_user>("contact_user",
                               "User part of Contact; empty: eight random lower-case letters, new at each start.",
                               {.nillable = true}),
      row<A, &A::audio, &AccountAudioSettings::codec_list>(
          "audio.codec_list",
          "Audio codecs of this account, the preferred first; empty: those of the general settings.",
          {.nillable = true}),
  };
  return rows;
}

}  // namespace config
