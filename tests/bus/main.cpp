// SPDX-License-Identifier: LGPL-2.1-or-later
#define BOOST_TEST_MODULE bus
#include <boost/test/unit_test.hpp>

#include "tests/support/station.h"

// A daemon that leaked or died at its end fails the suite, whatever its case saw.
struct EveryEnd {
  void teardown() { BOOST_CHECK_EQUAL(test::faulty_ends(), ""); }
};
BOOST_TEST_GLOBAL_FIXTURE(EveryEnd);
