// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/process_figures.h"

#include <ctime>
#include <fstream>

namespace test {

Milliseconds cpu_of(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

long kilobytes_of(pid_t process, const std::string& figure) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(figure + ":")) return std::stol(line.substr(figure.size() + 1));
  return 0;
}

}  // namespace test
