// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

namespace session {

// A set of media streams; on the bus "audio" and "chat", always in this order.
struct Streams {
  bool audio = false;
  bool chat = false;

  bool empty() const { return !audio && !chat; }
  bool contains(const Streams& other) const { return audio >= other.audio && chat >= other.chat; }
  bool operator==(const Streams&) const = default;
  Streams with(const Streams& other) const { return {audio || other.audio, chat || other.chat}; }
  Streams without(const Streams& other) const { return {audio && !other.audio, chat && !other.chat}; }

  std::vector<std::string> names() const {
    std::vector<std::string> result;
    if (audio) result.emplace_back("audio");
    if (chat) result.emplace_back("chat");
    return result;
  }
};

// Throws Error{invalid_argument} for a name that is no stream.
Streams streams_from_names(const std::vector<std::string>& names);

}  // namespace session
