// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "tests/support/private_bus.h"

namespace test {

// gnome-keyring-daemon, a real Secret Service, on a bus, with files of its own that stay until the end of this object.
class GnomeKeyring {
 public:
  enum class Start { unlocked, locked };

  // It is on the bus. One that begins locked has no keyring yet.
  explicit GnomeKeyring(const PrivateBus& bus, Start how = Start::unlocked);

  void stop() { process_.reset(); }
  void start(Start how);
  void lock() const;
  void unlock() const;

 private:
  const PrivateBus& bus_;
  TemporaryDirectory directory_;
  std::optional<Process> process_;
};

}  // namespace test
