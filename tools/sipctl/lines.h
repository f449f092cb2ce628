// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>

namespace sipctl {

// The lines of standard input, without waiting for more than one reading of it.
class Lines {
 public:
  // Once, when it can be read.
  void read();
  // The next whole line, without its end; at the end of the input also one without.
  std::optional<std::string> next();
  // Nothing more comes, and next() has given all.
  bool ended() const { return closed_ && read_.empty(); }

 private:
  std::string read_;
  bool closed_ = false;
};

}  // namespace sipctl
