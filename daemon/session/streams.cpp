// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/streams.h"

#include "base/error.h"

namespace session {

Streams streams_from_names(const std::vector<std::string>& names) {
  Streams streams;
  for (const std::string& name : names) {
    if (name == "audio")
      streams.audio = true;
    else if (name == "chat")
      streams.chat = true;
    else
      throw base::Error(base::Errc::invalid_argument,
                        "\"" + name.substr(0, 32) + "\" is no stream: \"audio\" and \"chat\" are");
  }
  return streams;
}

}  // namespace session
