// SPDX-License-Identifier: LGPL-2.1-or-later
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/error.h"
#include "dbus/connection.h"
#include "tests/support/client.h"
#include "tests/support/private_bus.h"
#include "tests/support/recorder.h"
#include "tests/unit/dbus/server.h"

namespace {

using Strings = std::vector<std::string>;
using test::Client;
using test::Recorder;
using test::Server;

constexpr const char* first_session = "/org/sipsession1/session/1";
constexpr const char* alice = "/org/sipsession1/account/alice_40example_2ecom";

struct Fixture {
  test::PrivateBus bus;
  Server server{bus.address()};
  Recorder recorder{bus.connect()};
  std::unique_ptr<sdbus::IConnection> other = bus.connect();
  Client client{*other};

  // What came, without timestamps; PropertiesChanged only with its values.
  Strings told() {
    recorder.settle();
    Strings result;
    for (const test::Entry& entry : recorder.entries())
      result.push_back(entry.member == "PropertiesChanged" ? entry.arguments[1].to_text() : entry.timeless());
    return result;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(door, Fixture, *boost::unit_test::timeout(60))

BOOST_AUTO_TEST_CASE(the_reply_leaves_first_and_properties_before_their_signal) {
  recorder.send(test::session_manager_path, "org.sipsession1.SessionManager", "Call", "sip:bob@example.com",
                Strings{"audio"});
  const Strings expected{
      "reply Call(\"/org/sipsession1/session/1\")",
      "InterfacesAdded",
      "{\"Sessions\": [\"/org/sipsession1/session/1\"]}",
      "{\"Direction\": \"outgoing\", \"ProposedStreams\": [\"audio\"], \"State\": \"CALLING\"}",
      "SIPSessionChangedState(\"NULL\", \"CALLING\")",
      "SIPSessionNewOutgoing([\"audio\"])",
      "{\"HasAudio\": true, \"ProposedStreams\": [], \"State\": \"ESTABLISHED\", \"Streams\": [\"audio\"]}",
      "SIPSessionChangedState(\"CALLING\", \"ESTABLISHED\")",
  };
  Strings came = told();
  BOOST_TEST_REQUIRE(came.size() > 1);
  // The object is told of as it was when it came, not as it is when the signal leaves.
  BOOST_TEST(came[1].find("\"State\": \"NULL\"") != std::string::npos);
  came[1].resize(15);
  BOOST_TEST(came == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_change_within_one_request_is_told_with_the_values_of_its_moment) {
  client.call_out("sip:bob@example.com");
  recorder.settle();
  recorder.clear();
  recorder.send(first_session, "org.sipsession1.Session", "End", false);
  const Strings expected{
      "reply End()",
      "{\"State\": \"TERMINATING\"}",
      "SIPSessionChangedState(\"ESTABLISHED\", \"TERMINATING\")",
      "SIPSessionWillEnd()",
      "{\"Sessions\": []}",
      "{\"EndReason\": (\"local\", 0, \"ended\"), \"State\": \"TERMINATED\"}",
      "SIPSessionChangedState(\"TERMINATING\", \"TERMINATED\")",
      "SIPSessionDidEnd(\"local\")",
  };
  BOOST_TEST(told() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_set_property_is_answered_before_it_is_told) {
  client.create_session();
  recorder.settle();
  recorder.clear();
  recorder.set_property(first_session, "org.sipsession1.Session", "Muted", sdbus::Variant(true));
  BOOST_TEST(told() == (Strings{"reply Set()", "{\"Muted\": true}"}), boost::test_tools::per_element());
  BOOST_TEST(client.get<bool>(first_session, "Session", "Muted"));
}

BOOST_AUTO_TEST_CASE(an_incoming_session_comes_complete_and_clean) {
  client.call_out("incoming");
  const Strings came = told();
  BOOST_TEST_REQUIRE(came.size() == 4u);
  for (const char* part : {"\"State\": \"INCOMING\"", "\"Direction\": \"incoming\"", "\"ProposedStreams\": [\"audio\"]",
                           "\"RemoteDisplayName\": \"Eve[31m\xef\xbf\xbd\"", "\"Account\": \"/\""})
    BOOST_TEST(came[0].find(part) != std::string::npos, part);
  BOOST_TEST(came[1] == "{\"Sessions\": [\"/org/sipsession1/session/1\"]}");
  BOOST_TEST(came[2] == "SIPSessionChangedState(\"NULL\", \"INCOMING\")");
  BOOST_TEST(came[3] == "SIPSessionNewIncoming([\"audio\"])");
}

BOOST_AUTO_TEST_CASE(the_removal_of_a_path_is_its_last_signal) {
  client.create_session();
  recorder.settle();
  recorder.clear();
  recorder.send(first_session, "org.sipsession1.Session", "Release");
  const Strings expected{"reply Release()",
                         "InterfacesRemoved(\"/org/sipsession1/session/1\", [\"org.sipsession1.Session\"])"};
  BOOST_TEST(told() == expected, boost::test_tools::per_element());
  BOOST_TEST(Client::error_of([&] { client.state(first_session); }) == "UnknownObject");
}

BOOST_AUTO_TEST_CASE(all_objects_are_managed) {
  client.create_session();
  client.call<sdbus::ObjectPath>(test::account_manager_path, "AccountManager", "CreateAccount", "alice@example.com");
  const auto objects = client.managed_objects();
  for (const char* path : {test::engine_path, test::session_manager_path, test::account_manager_path,
                           test::settings_path, first_session, alice, "/org/sipsession1/account/bonjour_40local"})
    BOOST_TEST(objects.contains(path), path);
  BOOST_TEST(objects.size() == 7u);
  const auto& account = objects.at(alice);
  BOOST_TEST(account.contains("org.sipsession1.SettingsObject"));
  BOOST_TEST(account.at("org.sipsession1.Account").at("RegistrationState").get<std::string>() == "none");
  BOOST_TEST(objects.at("/org/sipsession1/account/bonjour_40local").contains("org.sipsession1.BonjourAccount"));
  BOOST_TEST(objects.at(first_session).at("org.sipsession1.Session").size() == 34u);
}

BOOST_AUTO_TEST_CASE(hostile_calls_get_an_error_and_the_door_stands) {
  const std::string session = client.create_session();
  const auto error = [&](const char* member, const auto&... arguments) {
    return Client::error_of([&] { client.call(session, "Session", member, arguments...); });
  };
  BOOST_TEST(error("Hold") == "InvalidState");
  BOOST_TEST(error("Unhold") == "Failed");
  BOOST_TEST(error("StartRecordingAudio", "x") == "Failed");
  BOOST_TEST(error("StartRecordingAudio", std::string(5000, 'x')) == "LimitReached");
  BOOST_TEST(error("SendMessage", "a", "", "", std::uint64_t{0}) == "InvalidState");
  BOOST_TEST(error("Accept", Strings{"video"}) == "InvalidArgument");
  BOOST_TEST(error("Accept", 7.5) == "InvalidArgs");
  BOOST_TEST(error("NoSuchMethod") == "UnknownMethod");
  BOOST_TEST(Client::error_of([&] { client.set(session, "Session", "Muted", 3.5); }) == "InvalidArgs");
  BOOST_TEST(Client::error_of([&] { client.set(session, "Session", "State", "NULL"); }) == "PropertyReadOnly");
  BOOST_TEST(Client::error_of([&] { client.create_session("/no/account"); }) == "NoSuchAccount");
  BOOST_TEST(Client::error_of([&] {
               client.set(test::account_manager_path, "AccountManager", "DefaultAccount",
                          sdbus::ObjectPath("/org/sipsession1/account/x_40y"));
             }) == "NoSuchAccount");
  BOOST_TEST(client.state(session) == "NULL");
}

BOOST_AUTO_TEST_CASE(settings_are_set_saved_and_told) {
  const auto set = [&](const char* name, const sdbus::Variant& value) {
    return Client::error_of([&] { client.call(test::settings_path, "SettingsObject", "SetSetting", name, value); });
  };
  BOOST_TEST(set("no.such", sdbus::Variant(true)) == "InvalidArgument");
  BOOST_TEST(set("rtp.timeout", sdbus::Variant(3.5)) == "InvalidArgument");
  BOOST_TEST(set("rtp.timeout", sdbus::Variant(std::int32_t{10})) == "");
  const auto value = client.call<sdbus::Variant>(test::settings_path, "SettingsObject", "GetSetting", "rtp.timeout");
  BOOST_TEST(value.get<std::int32_t>() == 10);
  recorder.settle();
  BOOST_TEST(recorder.entries().empty());
  recorder.send(test::settings_path, "org.sipsession1.SettingsObject", "Save");
  BOOST_TEST(told() == (Strings{"reply Save()", "CFGSettingsObjectDidChange({\"rtp.timeout\": (30, 10)})"}),
             boost::test_tools::per_element());
  BOOST_TEST(Client::error_of([&] { client.call(test::settings_path, "SettingsObject", "Delete"); }) ==
             "InvalidArgument");
}

BOOST_AUTO_TEST_CASE(an_account_comes_and_goes_in_order) {
  recorder.send(test::account_manager_path, "org.sipsession1.AccountManager", "CreateAccount", "alice@example.com");
  recorder.settle();
  const Strings arrival{"reply CreateAccount", "InterfacesAdded", "SIPAccountManagerDidAddAccount"};
  BOOST_TEST(recorder.members() == arrival, boost::test_tools::per_element());
  recorder.clear();
  recorder.send(alice, "org.sipsession1.SettingsObject", "Delete");
  recorder.settle();
  const Strings departure{"reply Delete", "SIPAccountManagerDidRemoveAccount", "InterfacesRemoved"};
  BOOST_TEST(recorder.members() == departure, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_engine_that_stops_answers_when_it_is_done) {
  client.call(test::engine_path, "Engine", "Start");
  BOOST_TEST(client.get<bool>(test::engine_path, "Engine", "IsRunning"));
  client.call(test::engine_path, "Engine", "Stop");
  const Strings expected{"{\"IsRunning\": true}", "SIPEngineDidStart()", "{\"IsRunning\": false}", "SIPEngineDidEnd()"};
  BOOST_TEST(told() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_name_that_is_taken_says_by_whom) {
  const auto connection = dbus::connect({.address = bus.address()});
  BOOST_CHECK_EXCEPTION(dbus::own_name(*connection), base::Error, [](const base::Error& error) {
    return std::string(error.what()).find("process " + std::to_string(getpid())) != std::string::npos;
  });
  BOOST_CHECK_THROW(dbus::connect({.address = "unix:path=/nonexistent"}), base::Error);
}

BOOST_AUTO_TEST_SUITE_END()
