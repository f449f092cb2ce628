// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>

namespace sipctl {

// The lines of an input, without waiting for more than one reading of it.
class Lines {
 public:
  explicit Lines(int descriptor) : descriptor_(descriptor) {}

  // Once, when it can be read.
  void read();
  // The next whole line, without its end; at the end of the input also one without.
  std::optional<std::string> next();
  // Nothing more comes, and next() has given all.
  bool ended() const { return closed_ && given_ == read_.size(); }

 private:
  int descriptor_;
  std::string read_;
  std::size_t given_ = 0;     // the lines until there were given
  std::size_t searched_ = 0;  // and until there no other one ends
  bool closed_ = false;
};

}  // namespace sipctl
