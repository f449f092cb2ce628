// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/outbox.h"

#include <utility>

#include "dbus/errors.h"

namespace dbus {

void Outbox::post(std::function<void()> emission) {
  if (holding_)
    held_.push_back(std::move(emission));
  else if (!closed_)
    attempt(emission);
}

void Outbox::release() {
  holding_ = false;
  for (const auto& emission : std::exchange(held_, {}))
    if (!closed_) attempt(emission);
}

}  // namespace dbus
