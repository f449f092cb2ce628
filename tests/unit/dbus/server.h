// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <thread>

#include "base/loop.h"

namespace test {

// The door over a domain of fakes, in a thread of its own with a loop of its own. It owns its name when the constructor
// returns.
class Server {
 public:
  explicit Server(const std::string& address);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  base::Loop loop_;
  std::jthread thread_;
};

}  // namespace test
