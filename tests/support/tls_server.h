// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "tests/support/script.h"

namespace test {

// A run of tests/data/tls/server.py.
class TlsServer : public Script {
 public:
  explicit TlsServer(const std::string& certificate_file, std::vector<std::string> options = {});
};

}  // namespace test
