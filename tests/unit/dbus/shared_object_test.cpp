// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>

#include <boost/test/unit_test.hpp>

#include "tests/support/client.h"
#include "tests/support/private_bus.h"
#include "tests/support/recorder.h"
#include "tests/unit/dbus/server.h"

namespace {

using Strings = std::vector<std::string>;
using test::Client;

struct Fixture {
  test::PrivateBus bus;
  test::Server server{bus.address()};
  std::unique_ptr<sdbus::IConnection> connection = bus.connect();
  Client client{*connection};

  std::string introspect(const std::string& path) {
    std::string xml;
    sdbus::createProxy(*connection, "org.sipsession1", path)
        ->callMethod("Introspect")
        .onInterface("org.freedesktop.DBus.Introspectable")
        .storeResultsTo(xml);
    return xml;
  }
};

// The members of the Session interface, each with its attributes, arguments and annotations.
Strings members(const std::string& xml) {
  const auto from = xml.find("<interface name=\"org.sipsession1.Session\">");
  const std::string text = xml.substr(from, xml.find("</interface>", from) - from);
  const std::regex element("<(method|signal|property|arg|annotation) ([^>]*?)/?>");
  const std::regex attribute("(\\w+)=\"([^\"]*)\"");
  Strings result;
  for (std::sregex_iterator match(text.begin(), text.end(), element), end; match != end; ++match) {
    const std::string attributes = (*match)[2];
    std::map<std::string, std::string> sorted;
    for (std::sregex_iterator each(attributes.begin(), attributes.end(), attribute); each != end; ++each)
      sorted[(*each)[1]] = (*each)[2];
    std::string line = (*match)[1];
    for (const auto& [name, value] : sorted) line += " " + name + "=" + value;
    if (line.starts_with("a") && !result.empty())
      result.back() += ", " + line;
    else
      result.push_back(line);
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(shared_object, Fixture, *boost::unit_test::timeout(60))

BOOST_AUTO_TEST_CASE(sessions_say_of_themselves_what_the_contract_says) {
  std::ifstream file(std::string(std::getenv("DBUS_XML")) + "/org.sipsession1.Session.xml");
  const Strings contract = members({std::istreambuf_iterator<char>(file), {}});
  BOOST_TEST_REQUIRE(contract.size() > 70u);
  BOOST_TEST(members(introspect(client.create_session())) == contract, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_session_answers_is_set_and_tells_for_itself) {
  const std::string first = client.create_session();
  const std::string second = client.call_out("sip:bob@example.com");
  test::Recorder recorder(bus.connect());
  // What the call told may still be on its way.
  recorder.settle();
  recorder.clear();
  client.set(first, "Session", "Muted", true);
  client.call(second, "Session", "Hold");
  BOOST_TEST(Client::error_of([&] { client.call(first, "Session", "Hold"); }) == "InvalidState");
  BOOST_TEST((client.state(first) == "NULL" && client.state(second) == "ESTABLISHED"));
  BOOST_TEST(client.get<bool>(first, "Session", "Muted"));
  BOOST_TEST(!client.get<bool>(second, "Session", "Muted"));
  BOOST_TEST(client.get<bool>(second, "Session", "OnHold"));
  recorder.settle();
  Strings paths;
  for (const test::Entry& entry : recorder.entries()) paths.push_back(entry.path + " " + entry.member);
  BOOST_TEST(paths == (Strings{first + " PropertiesChanged", second + " PropertiesChanged",
                               second + " SIPSessionGotHoldRequest"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(only_the_sessions_that_are_there_are_found) {
  const std::string first = client.create_session();
  const std::string second = client.create_session();
  client.call(first, "Session", "Release");
  const auto objects = client.managed_objects();
  BOOST_TEST((!objects.contains(first) && objects.contains(second)));
  const std::string nodes = introspect("/org/sipsession1/session");
  BOOST_TEST((nodes.find("\"1\"") == std::string::npos && nodes.find("\"2\"") != std::string::npos), nodes);
  for (const std::string& path : {first, second + "/x", std::string("/org/sipsession1/session/02")})
    BOOST_TEST(Client::error_of([&] { client.state(path); }) == "UnknownObject", path);
  BOOST_TEST(client.state(second) == "NULL");
}

BOOST_AUTO_TEST_SUITE_END()
