// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "daemon/session/properties.h"

namespace session {

// What a stream of a session needs of it.
class StreamOwner {
 public:
  virtual ~StreamOwner() = default;
  virtual void tell(const Event& event) = 0;
  // Nothing goes on with the stream, exactly one; its notification is the session's to tell.
  virtual void stream_did_fail(Streams stream, const std::string& reason) = 0;
  virtual Properties& owned_properties() = 0;
};

}  // namespace session
