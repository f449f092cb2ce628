// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "tests/support/private_bus.h"

namespace test {

// Where a service tells its manager how it is: what $NOTIFY_SOCKET names.
class NotifySocket {
 public:
  NotifySocket();
  ~NotifySocket();
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  std::string path() const { return directory_.path() / "notify"; }
  // The next message with this line in it; what comes before is passed over. Throws when none comes.
  std::string wait(const std::string& line) const;

 private:
  TemporaryDirectory directory_;
  int socket_;
};

// A file that takes what a process writes.
class OutputFile {
 public:
  OutputFile();
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  int descriptor() const { return descriptor_; }
  std::string text() const;

 private:
  TemporaryDirectory directory_;
  int descriptor_;
};

}  // namespace test
