// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/errors.h"

#include <boost/test/unit_test.hpp>

using base::Errc;

namespace {

struct Named {
  Errc code;
  const char* name;
};

// api.md, "errors".
const Named table[] = {
    {Errc::invalid_state, "InvalidState"},
    {Errc::no_such_account, "NoSuchAccount"},
    {Errc::no_such_stream, "NoSuchStream"},
    {Errc::invalid_uri, "InvalidUri"},
    {Errc::invalid_argument, "InvalidArgument"},
    {Errc::account_exists, "AccountExists"},
    {Errc::account_disabled, "AccountDisabled"},
    {Errc::account_incomplete, "AccountIncomplete"},
    {Errc::no_transport, "NoTransport"},
    {Errc::dns_failure, "DnsFailure"},
    {Errc::media_failure, "MediaFailure"},
    {Errc::chat_failure, "ChatFailure"},
    {Errc::file_failure, "FileFailure"},
    {Errc::config_failure, "ConfigFailure"},
    {Errc::engine_not_running, "EngineNotRunning"},
    {Errc::limit_reached, "LimitReached"},
    {Errc::failed, "Failed"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(every_code_has_its_name) {
  BOOST_TEST(std::size(table) == static_cast<std::size_t>(Errc::failed) + 1);
  for (const Named& row : table)
    BOOST_TEST(dbus::error_name(row.code) == std::string("org.sipsession1.Error.") + row.name);
}

BOOST_AUTO_TEST_CASE(what_succeeds_is_no_failure) {
  BOOST_TEST(!dbus::failure_of([] {}));
  BOOST_TEST(dbus::answer([] { return 7; }) == 7);
}

BOOST_AUTO_TEST_CASE(a_refusal_keeps_its_sentence) {
  BOOST_CHECK_EXCEPTION(dbus::answer([]() -> int { throw base::Error(Errc::invalid_uri, "no"); }), sdbus::Error,
                        [](const sdbus::Error& error) {
                          return error.getName() == "org.sipsession1.Error.InvalidUri" && error.getMessage() == "no";
                        });
}

BOOST_AUTO_TEST_CASE(a_sentence_that_is_no_text_becomes_one) {
  const auto failure = dbus::failure_of([] { throw base::Error(Errc::invalid_uri, "\xff\n"); });
  BOOST_TEST(failure->getMessage() == "\xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(whatever_else_is_thrown_is_a_fault_of_ours) {
  BOOST_TEST(dbus::failure_of([] { throw 42; })->getName() == "org.sipsession1.Error.Failed");
  BOOST_TEST(dbus::failure_of([] { throw std::bad_alloc(); })->getName() == "org.sipsession1.Error.Failed");
}

BOOST_AUTO_TEST_CASE(an_error_of_the_bus_stays_what_it_is) {
  const auto failure = dbus::failure_of([] { throw sdbus::Error("org.freedesktop.DBus.Error.NoReply", "late"); });
  BOOST_TEST(failure->getName() == "org.freedesktop.DBus.Error.NoReply");
}

BOOST_AUTO_TEST_SUITE_END()
