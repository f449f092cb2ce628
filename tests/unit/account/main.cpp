// SPDX-License-Identifier: LGPL-2.1-or-later
#define BOOST_TEST_MODULE account
#include <boost/test/unit_test.hpp>
