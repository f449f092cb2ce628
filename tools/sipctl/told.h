// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/sipctl/daemon.h"

namespace sipctl {

// A signal.
struct Told {
  std::uint64_t time;  // microseconds since 1970-01-01 UTC
  std::string path;
  std::string interface;
  std::string member;
  std::vector<Value> arguments;  // without the time
};

std::uint64_t now();
Told read_told(sdbus::Message& message);

// A line of text, or of JSON if the options say so.
void print(const Options& options, const Told& told);

// The local time, in the words of strftime.
std::string clock_time(std::uint64_t time, const char* format);

}  // namespace sipctl
