// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/own_network.h"

#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace test {

bool leave_the_network() {
  const std::string user = "0 " + std::to_string(geteuid()) + " 1";
  const std::string group = "0 " + std::to_string(getegid()) + " 1";
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return geteuid() == 0 && unshare(CLONE_NEWNET) == 0;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << user;
  std::ofstream("/proc/self/gid_map") << group;
  return true;
}

void ip(const std::string& arguments) {
  if (std::system(("PATH=$PATH:/sbin:/usr/sbin ip " + arguments).c_str()) != 0)
    throw std::runtime_error("ip " + arguments + " failed");
}

}  // namespace test
