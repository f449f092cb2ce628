// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <initializer_list>

#include <signal.h>

namespace sipctl {

// Holds these signals back, as long as this lives; then they do what they do.
class HeldSignals {
 public:
  HeldSignals(std::initializer_list<int> numbers);
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  // Can be read when one came.
  int descriptor() const { return descriptor_; }
  // Takes one that came; false: there is none.
  bool take() const;

 private:
  sigset_t before_{};
  int descriptor_ = -1;
};

}  // namespace sipctl
