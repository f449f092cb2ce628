// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/ranges.h"

#include <algorithm>

namespace msrp {

void Ranges::add(std::uint64_t begin, std::uint64_t end) {
  if (begin >= end) return;
  // Those from the first that the new span touches, to the last, become one with it.
  const auto first = std::find_if(spans_.begin(), spans_.end(), [&](const Span& span) { return span.end >= begin; });
  const auto last = std::find_if(first, spans_.end(), [&](const Span& span) { return span.begin > end; });
  if (first != last) {
    *first = {std::min(begin, first->begin), std::max(end, (last - 1)->end)};
    spans_.erase(first + 1, last);
  } else if (spans_.size() < most_spans) {
    spans_.insert(first, {begin, end});
  }
}

bool Ranges::cover(std::uint64_t size) const {
  return size == 0 || (!spans_.empty() && spans_.front().begin == 0 && spans_.front().end >= size);
}

}  // namespace msrp
