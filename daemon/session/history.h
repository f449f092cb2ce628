// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "config/chat_settings.h"
#include "daemon/session/properties.h"

namespace session {

// Writes down what is said in chats, as long as chat.history says so: one JSON object on each line of
// ACCOUNT/USER@HOST.jsonl, a file for each peer, for the user's eyes only. A message is one line, its verdict a later
// one. What cannot be written is logged and harms no chat.
class History {
 public:
  // The directory is absolute.
  History(std::string directory, const config::ChatSettings& settings);

  // An event of the session with these properties; those that are not of messages are passed over.
  void note(const Properties& session, const Event& event, Time time);

 private:
  void append(const std::string& name, std::string record);

  std::string directory_;
  const config::ChatSettings& settings_;
  bool failing_ = false;  // and that was logged
};

}  // namespace session
