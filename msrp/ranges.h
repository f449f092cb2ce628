// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace msrp {

// Which bytes have been seen, as few spans.
class Ranges {
 public:
  static constexpr std::size_t most_spans = 1024;

  // From begin to before end. Ignored if it would be one span too many.
  void add(std::uint64_t begin, std::uint64_t end);

  // Whether all bytes from 0 to before size are in it.
  bool cover(std::uint64_t size) const;

 private:
  struct Span {
    std::uint64_t begin, end;
  };
  std::vector<Span> spans_;  // in order, none touching another
};

}  // namespace msrp
