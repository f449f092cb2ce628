// SPDX-License-Identifier: LGPL-2.1-or-later
#define BOOST_TEST_MODULE host
#define BOOST_TEST_NO_MAIN
#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include <boost/test/unit_test.hpp>

namespace {

constexpr int skipped = 77;  // to meson

// A network of our own, in which we are root, so that nobody else's changes. It goes with the process.
bool leave_the_network() {
  const std::string user = "0 " + std::to_string(geteuid()) + " 1";
  const std::string group = "0 " + std::to_string(getegid()) + " 1";
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return geteuid() == 0 && unshare(CLONE_NEWNET) == 0;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << user;
  std::ofstream("/proc/self/gid_map") << group;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (!leave_the_network()) {
    std::perror("there is no network namespace to be had");
    return skipped;
  }
  return boost::unit_test::unit_test_main(init_unit_test, argc, argv);
}
