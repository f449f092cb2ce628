// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string>

#include "base/loop.h"
#include "config/general_settings.h"
#include "daemon/sip/leg.h"
#include "daemon/sip/resolver.h"
#include "media/audio_stream.h"
#include "msrp/chat_stream.h"

namespace session {

// What every session shares; its manager owns it.
struct Surroundings {
  base::Scheduler& scheduler;
  media::AudioFactory& audio;
  sip::Resolver& resolver;
  const config::GeneralSettings& settings;
  msrp::ChatFactory* chats;  // null: there is no chat
  std::string
      recordings_directory;  // absolute; of recordings where audio.recordings_directory is not set, and of histories
  sip::LegFactory* legs = nullptr;  // null while SIP does not run
  std::size_t active_sessions = 0;  // neither NULL nor TERMINATED
};

}  // namespace session
