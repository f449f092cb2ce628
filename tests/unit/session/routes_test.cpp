// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/routes.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/session/calls.h"

namespace data = boost::unit_test::data;
using namespace session;
using base::Errc;

namespace {

struct Callee {
  std::string given;
  std::string uri;  // empty: refused
};
std::ostream& operator<<(std::ostream& out, const Callee& row) { return out << row.given; }

const std::vector<Callee> callees{
    {"sip:bob@example.com", "sip:bob@example.com"},
    {"sips:bob@example.com", "sips:bob@example.com"},
    {"bob", "sip:bob@home.example"},
    {"bob@example.com", "sip:bob@example.com"},
    {"bob@[2001:db8::1]:5070", "sip:bob@[2001:db8::1]:5070"},
    {"+49 (30) 123-45.67", "sip:+49301234567@home.example"},
    {"0301234567", "sip:0301234567@home.example"},
    {"*97#", "sip:*97#@home.example"},
    {"tel:+1-201-555-0123", "sip:+12015550123@home.example"},
    {"TEL:+1-201-555-0123;phone-context=x", "sip:+12015550123@home.example"},
    {"tel:7042;phone-context=example.com", "sip:7042@home.example"},
    {"bob.smith-jones", "sip:bob.smith-jones@home.example"},
    {"b%20b", "sip:b%20b@home.example"},
    {"", ""},
    {"tel:", ""},
    {"tel:;x=y", ""},
    {"b b", ""},
    {"bob\r\nX: y", ""},
    {"bob@", ""},
    {"@example.com", ""},
    {"bob@example.com?x=y", ""},
    {"bob@a@b", ""},
    {"http://example.com", ""},
    {"sip:bob:secret@example.com", ""},
    {"<sip:bob@example.com>", ""},
    {std::string(1100, '1'), ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(routes)

BOOST_DATA_TEST_CASE(a_callee_is_completed, data::make(callees), row) {
  std::string uri;
  const auto code = refusal([&] { uri = completed_callee(row.given, "home.example"); });
  BOOST_TEST(uri == row.uri);
  if (row.uri.empty()) BOOST_TEST((code == Errc::invalid_uri));
}

BOOST_AUTO_TEST_CASE(without_a_domain_only_whole_addresses_are_taken) {
  BOOST_TEST(completed_callee("sip:bob@h", "") == "sip:bob@h");
  BOOST_TEST(completed_callee("bob@h", "") == "sip:bob@h");
  for (const char* text : {"bob", "123", "tel:123", ""})
    BOOST_TEST((refusal([&] { completed_callee(text, ""); }) == Errc::invalid_uri), text);
}

BOOST_AUTO_TEST_CASE(a_callee_is_checked) {
  FakeLegFactory legs;
  BOOST_TEST(checked_callee("sip:bob@h", legs).user == "bob");
  BOOST_TEST((refusal([&] { checked_callee("sips:bob@h", legs); }) == Errc::no_transport));
  BOOST_TEST((refusal([&] { checked_callee("bob", legs); }) == Errc::invalid_uri));
  legs.transports = {"udp", "tls"};
  BOOST_TEST(checked_callee("sips:bob@h", legs).secure);
}

BOOST_AUTO_TEST_CASE(a_sips_callee_takes_routes_over_tls_alone) {
  FakeLegFactory legs;
  legs.transports = {"udp", "tls"};
  const std::vector<sip::Route> expected{{"h", 5061, "tls"}};
  BOOST_TEST((checked_routes({{"h", 0, ""}}, legs, true) == expected));
  BOOST_TEST((checked_routes({{"h", 0, "tls"}}, legs, true) == expected));
  BOOST_TEST((refusal([&] { checked_routes({{"h", 0, "udp"}}, legs, true); }) == Errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(routes_are_checked_and_completed) {
  FakeLegFactory legs;
  const auto checked = checked_routes({{"proxy.example", 0, ""}, {"2001:db8::1", 5070, "tcp"}}, legs);
  BOOST_TEST((checked == std::vector<sip::Route>{{"proxy.example", 5060, "udp"}, {"2001:db8::1", 5070, "tcp"}}));
  for (const char* host : {"", "a b", "[::1]", "-", "h\r\nX: y", "1.2.3"})
    BOOST_TEST((refusal([&] { checked_routes({{host, 0, ""}}, legs); }) == Errc::invalid_argument), host);
  for (const char* transport : {"ws", "UDP", " ", "udp,tcp"})
    BOOST_TEST((refusal([&] { checked_routes({{"h", 0, transport}}, legs); }) == Errc::invalid_argument), transport);
  BOOST_TEST((refusal([&] { checked_routes({{"h", 0, "tls"}}, legs); }) == Errc::no_transport));
  legs.transports = {"tcp"};
  BOOST_TEST((refusal([&] { checked_routes({{"h", 0, ""}}, legs); }) == Errc::no_transport));
  legs.transports = {"udp"};
  const std::vector<sip::Route> many(21, {"h", 0, ""});
  BOOST_TEST((refusal([&] { checked_routes(many, legs); }) == Errc::limit_reached));
  BOOST_TEST(checked_routes({many.begin(), many.end() - 1}, legs).size() == 20u);
}

BOOST_AUTO_TEST_CASE(a_uri_names_its_route) {
  const auto routes = [&](const char* uri) { return routes_of(*sip::uri_from_text(uri), {"tcp", "udp"}); };
  BOOST_TEST((routes("sip:bob@192.0.2.1") == std::vector<sip::Route>{{"192.0.2.1", 5060, "udp", "192.0.2.1"}}));
  BOOST_TEST((routes("sip:bob@[::1]:99;transport=tcp") == std::vector<sip::Route>{{"::1", 99, "tcp", "::1"}}));
  BOOST_TEST(routes("sip:bob@h").empty());
  BOOST_TEST(routes("sip:bob@h:99;transport=tcp").empty());
  for (const char* uri : {"sip:bob@h;transport=tls", "sip:bob@192.0.2.1;transport=ws", "sips:bob@192.0.2.1"})
    BOOST_TEST((refusal([&] { routes(uri); }) == Errc::no_transport), uri);
}

BOOST_AUTO_TEST_CASE(transports_are_those_of_the_settings_that_we_listen_on) {
  FakeLegFactory legs;
  config::GeneralSettings settings;
  settings.sip.transports = std::vector{config::Transport::tcp, config::Transport::udp};
  BOOST_TEST(usable_transports(settings, legs) == (std::vector<std::string>{"tcp", "udp"}));
  legs.transports = {"udp"};
  BOOST_TEST(usable_transports(settings, legs) == std::vector<std::string>{"udp"});
}

BOOST_AUTO_TEST_CASE(streams_have_names) {
  BOOST_TEST((streams_from_names({"chat", "audio", "audio"}) == Streams{.audio = true, .chat = true}));
  BOOST_TEST((Streams{.audio = true, .chat = true}.names() == std::vector<std::string>{"audio", "chat"}));
  BOOST_TEST(streams_from_names({}).empty());
  BOOST_TEST((refusal([] { streams_from_names({"Audio"}); }) == Errc::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()
