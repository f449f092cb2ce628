// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/tls_server.h"

#include "tests/support/sipp.h"

namespace test {
namespace {

std::vector<std::string> arguments(const std::string& certificate_file, std::vector<std::string> options) {
  options.insert(options.begin(), certificate_file);
  return options;
}

}  // namespace

TlsServer::TlsServer(const std::string& certificate_file, std::vector<std::string> options)
    : Script(data_file("tls/server.py"), arguments(certificate_file, std::move(options))) {}

}  // namespace test
