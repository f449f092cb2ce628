// SPDX-License-Identifier: LGPL-2.1-or-later
#define BOOST_TEST_MODULE host
#define BOOST_TEST_NO_MAIN
#include <cstdio>

#include <boost/test/unit_test.hpp>

#include "tests/support/own_network.h"

namespace {

constexpr int skipped = 77;  // to meson

}  // namespace

int main(int argc, char** argv) {
  if (!test::leave_the_network()) {
    std::perror("there is no network namespace to be had");
    return skipped;
  }
  return boost::unit_test::unit_test_main(init_unit_test, argc, argv);
}
