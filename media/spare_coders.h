// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <vector>

#include "media/rtp_leg.h"

namespace media {

// Coders of calls that are over, for calls to come: to make their elements costs more than the rest of a short call.
// Only such as remember nothing of the call before. Used on the worker alone.
class SpareCoders {
 public:
  // Makes them if there are none to spare. Throws Error{media_failure}.
  std::unique_ptr<Coders> take(const CoderSettings& settings, unsigned engine_rate);
  // Null is nothing to keep.
  void keep(std::unique_ptr<Coders> coders);
  std::size_t spare() const { return spares_.size(); }

 private:
  std::vector<std::unique_ptr<Coders>> spares_;
};

}  // namespace media
