// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "config/settings.h"

// The general settings of chat and of what is heard beside calls.
namespace config {

struct ChatSettings {
  MimeTypes accept_types = std::vector<std::string>{"message/cpim", "text/*", "application/im-iscomposing+xml"};
  MimeTypes accept_wrapped_types = std::vector<std::string>{"*"};
  Number<1, 30000000> max_message_size = 10000000;  // bytes; D-Bus carries 32 MiB, its headers included
  Flag history = false;
  SoundFile message_received_sound;
  SoundFile message_sent_sound;
  bool operator==(const ChatSettings&) const = default;
};

struct MsrpSettings {
  MsrpTransport transport = Transport::tls;
  Port local_port;
  Number<0, 3600> keepalive_interval = 60;  // seconds
  bool operator==(const MsrpSettings&) const = default;
};

struct RingtoneSettings {
  SoundFile inbound;
  SoundFile outbound;
  bool operator==(const RingtoneSettings&) const = default;
};

}  // namespace config
