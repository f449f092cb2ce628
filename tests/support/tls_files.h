// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <fstream>
#include <string>

#include "tests/support/authority.h"
#include "tests/support/private_bus.h"

namespace test {

// A directory with the files of an authority that the daemons trust.
struct TlsFiles {
  TlsFiles() { write("authorities.pem", trusted.certificate()); }

  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = directory.path() / name;
    std::ofstream(path) << text;
    return path;
  }
  std::string issue(const std::string& name, const Issue& issue) const { return write(name, trusted.issue(issue)); }
  std::string server() const { return issue("server.pem", {.alternative_names = "DNS:good.test"}); }
  std::string authorities() const { return directory.path() / "authorities.pem"; }
  // Further groups for a Station.
  std::string config(const std::string& more = "") const {
    return "tls: { ca_list_file = \"" + authorities() + "\"; timeout = 1000; " + more + " };\n";
  }

  TemporaryDirectory directory;
  Authority trusted;
  Authority other;
};

}  // namespace test
