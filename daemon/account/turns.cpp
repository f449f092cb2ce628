// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/account/turns.h"

#include <algorithm>
#include <utility>

namespace account {

std::unique_ptr<Turns::Turn> Turns::ask(const std::string& server, std::function<void()> come) {
  auto turn = std::make_unique<Turn>(*this, server, std::move(come));
  Line& line = lines_[server];
  // Those who wait come first, also while they are about to be called.
  if (line.taken < most_ && line.waiting.empty()) {
    ++line.taken;
    turn->has_come_ = true;
  } else {
    line.waiting.push_back(turn.get());
  }
  return turn;
}

void Turns::give_back(const Turn& turn) {
  const auto at = lines_.find(turn.server_);
  Line& line = at->second;
  if (turn.has_come_)
    --line.taken;
  else
    line.waiting.erase(std::find(line.waiting.begin(), line.waiting.end(), &turn));
  if (!line.waiting.empty() && line.taken < most_ && !timer_.running())
    // Never from within: whoever gives back is in the middle of something.
    timer_.start(base::Duration(0), [this] { call_next(); });
  if (line.taken == 0 && line.waiting.empty()) lines_.erase(at);
}

void Turns::call_next() {
  const auto ready = std::find_if(lines_.begin(), lines_.end(), [this](const auto& line) {
    return line.second.taken < most_ && !line.second.waiting.empty();
  });
  if (ready == lines_.end()) return;
  Line& line = ready->second;
  Turn* const turn = line.waiting.front();
  line.waiting.pop_front();
  ++line.taken;
  turn->has_come_ = true;
  timer_.start(base::Duration(0), [this] { call_next(); });
  // The call may destroy the turn, and change every line.
  const auto come = turn->come_;
  come();
}

}  // namespace account
