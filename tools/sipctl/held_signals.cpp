// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/held_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

namespace sipctl {

HeldSignals::HeldSignals(std::initializer_list<int> numbers) {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int number : numbers) ::sigaddset(&signals, number);
  ::sigprocmask(SIG_BLOCK, &signals, &before_);
  descriptor_ = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

HeldSignals::~HeldSignals() {
  ::close(descriptor_);
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool HeldSignals::take() const {
  signalfd_siginfo taken{};
  return ::read(descriptor_, &taken, sizeof taken) > 0;
}

}  // namespace sipctl
