// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/log.h"

// The command line of the daemon.
struct Options {
  bool system = false;
  std::string bus_address;  // empty: the session bus, or with `system` the system bus
  std::string config;       // of the settings
  std::string data_dir;     // of recordings, and of our own certificate
  base::log::Level log_level = base::log::Level::info;
};

// Ends the process after --help and --version (0) and after a wrong argument (2).
Options read_options(int argc, char** argv);
