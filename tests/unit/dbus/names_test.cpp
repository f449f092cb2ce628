// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/names.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "base/error.h"

namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(a_session_is_at_its_number) {
  BOOST_TEST(dbus::session_path(17) == "/org/sipsession1/session/17");
}

BOOST_AUTO_TEST_CASE(an_account_is_at_its_escaped_id) {
  BOOST_TEST(dbus::account_path("bonjour@local") == "/org/sipsession1/account/bonjour_40local");
  BOOST_TEST(dbus::account_path("") == "/");
}

const std::string ids[] = {"alice@example.com", "a_b%40c@192.0.2.1", "1@x", "ünïcode@example.com", "_@_"};

BOOST_DATA_TEST_CASE(an_id_survives_its_path, data::make(ids), id) {
  BOOST_TEST(dbus::account_id(dbus::account_path(id)) == id);
}

const std::string strangers[] = {"/",
                                 "/org/sipsession1/account",
                                 "/org/sipsession1/session/1",
                                 "/org/sipsession1/account/a/b",
                                 "/org/sipsession1/account/bonjour_4",
                                 "/org/sipsession1/account/_61lice_40example_2ecom",
                                 "/org/sipsession1/account/_"};

BOOST_DATA_TEST_CASE(a_path_that_no_account_has_is_refused, data::make(strangers), path) {
  BOOST_CHECK_EXCEPTION(dbus::account_id(path), base::Error,
                        [](const base::Error& error) { return error.code() == base::Errc::no_such_account; });
}

BOOST_AUTO_TEST_SUITE_END()
