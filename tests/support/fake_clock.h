// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <utility>

#include "base/loop.h"

// A clock turned by hand: what is due is called in the order of its time, and of its start for the same time.
class FakeClock : public base::Scheduler {
 public:
  unsigned call_after(base::Duration duration, std::function<void()> call) override {
    const unsigned id = ++last_id_;
    pending_.emplace(std::pair(now_ + duration, id), std::move(call));
    return id;
  }

  void cancel(unsigned id) override {
    std::erase_if(pending_, [id](const auto& entry) { return entry.first.second == id; });
  }

  // Also calls what comes due by these calls themselves.
  void advance(base::Duration duration) {
    const base::Duration end = now_ + duration;
    while (!pending_.empty() && pending_.begin()->first.first <= end) {
      const auto node = pending_.extract(pending_.begin());
      now_ = node.key().first;
      node.mapped()();
    }
    now_ = end;
  }

  std::size_t pending() const { return pending_.size(); }
  base::Duration now() const { return now_; }
  // When the next call is due, from now on; only with something pending.
  base::Duration next() const { return pending_.begin()->first.first - now_; }

 private:
  base::Duration now_{0};
  unsigned last_id_ = 0;
  std::map<std::pair<base::Duration, unsigned>, std::function<void()>> pending_;
};
