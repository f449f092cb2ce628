// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/routes.h"

#include <functional>
#include <map>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace data = boost::unit_test::data;
using namespace std::string_literals;
using namespace sip;
using dns::Answer;
using dns::Outcome;
using dns::Type;
using Transports = std::vector<std::string>;

namespace {

const Transports all{"udp", "tcp", "tls"};

std::string text_of(const dns::Question& question) {
  static const std::map<Type, std::string> names{
      {Type::a, "A "}, {Type::aaaa, "AAAA "}, {Type::srv, "SRV "}, {Type::naptr, "NAPTR "}};
  return names.at(question.type) + question.name;
}

std::string text_of(const Found& found) {
  std::string text = found.fault;
  for (const Route& route : found.routes)
    text += (text.empty() ? "" : ", ") + route.transport + " " + route.host + " " + std::to_string(route.port);
  return text;
}

// A world of names, in which a search is run to its end.
struct World {
  std::map<std::string, Answer> answers;  // by "SRV name"
  std::vector<std::string> unreachable;
  std::vector<unsigned> random;  // what is drawn; then 0
  std::vector<std::string> asked;
  std::vector<unsigned> sums;  // what was drawn from

  Answer& operator[](const std::string& question) {
    answers[question].outcome = Outcome::records;
    return answers[question];
  }
  void address(const std::string& name, const std::string& address) {
    const std::string type = is_ipv6(address) ? "AAAA " : "A ";
    (*this)[type + name].addresses.push_back(address);
  }
  void service(const std::string& name, const dns::Service& service) {
    (*this)["SRV " + name].services.push_back(service);
  }
  void fails(const std::string& question, Outcome outcome, const std::string& detail = "") {
    answers[question].outcome = outcome;
    answers[question].detail = detail;
  }

  Found find(const std::string& uri, const Transports& transports = all) {
    return run(
        [&](const RouteSurroundings& around) { return RouteSearch(uri_from_text(uri).value(), transports, around); });
  }
  Found run(const std::function<RouteSearch(const RouteSurroundings&)>& begin) {
    std::size_t drawn = 0;
    const auto is_reachable = [&](const std::string& address) {
      return std::find(unreachable.begin(), unreachable.end(), address) == unreachable.end();
    };
    const auto draw = [&](unsigned sum) {
      sums.push_back(sum);
      return drawn < random.size() ? random[drawn++] : 0u;
    };
    RouteSearch search = begin({is_reachable, draw});
    for (unsigned round = 0; !search.questions().empty(); ++round) {
      BOOST_REQUIRE(round < 4);
      std::vector<Answer> given;
      for (const dns::Question& question : search.questions()) {
        asked.push_back(text_of(question));
        Answer unknown;
        unknown.outcome = Outcome::no_such_name;
        given.push_back(answers.contains(asked.back()) ? answers[asked.back()] : unknown);
      }
      search.take(given);
    }
    BOOST_TEST(search.found().fault.empty() != search.found().routes.empty());
    return search.found();
  }
  std::string routes(const std::string& uri, const Transports& transports = all) {
    return text_of(find(uri, transports));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(route_search, World)

struct Row {
  std::string uri;
  Transports transports;
  std::string routes;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.uri; }

const std::vector<Row> numeric{
    {"sip:b@192.0.2.1", all, "udp 192.0.2.1 5060"},
    {"sip:b@192.0.2.1:5070", all, "udp 192.0.2.1 5070"},
    {"sip:b@192.0.2.1", {"tcp", "tls"}, "tcp 192.0.2.1 5060"},
    {"sip:b@192.0.2.1", {"tls"}, "tls 192.0.2.1 5061"},
    {"sip:b@192.0.2.1;transport=tcp", all, "tcp 192.0.2.1 5060"},
    {"sip:b@[2001:db8::1];transport=TLS", all, "tls 2001:db8::1 5061"},
    {"sips:b@192.0.2.1", all, "tls 192.0.2.1 5061"},
    {"sips:b@192.0.2.1:443;transport=tcp", all, "tls 192.0.2.1 443"},
    {"sip:b@home.test;maddr=192.0.2.9", all, "udp 192.0.2.9 5060"},
    {"sip:b@home.test:99;MADDR=[2001:db8::9];x=y", all, "udp 2001:db8::9 99"},
    {"sips:b@192.0.2.1", {"udp", "tcp"}, "we do not use the transport tls"},
    {"sips:b@192.0.2.1;transport=udp", all, "sips: cannot go over udp: it needs TLS"},
    {"sip:b@192.0.2.1;transport=sctp", all, "we do not use the transport sctp"},
    {"sip:b@192.0.2.1", {}, "there is no transport to use"},
};

BOOST_DATA_TEST_CASE_F(World, an_address_needs_no_question, data::make(numeric), row) {
  BOOST_TEST(routes(row.uri, row.transports) == row.routes);
  BOOST_TEST(asked.empty());
}

BOOST_AUTO_TEST_CASE(a_port_needs_only_addresses) {
  address("home.test", "192.0.2.1");
  address("home.test", "2001:db8::1");
  BOOST_TEST(routes("sip:b@home.test:5070") == "udp 2001:db8::1 5070, udp 192.0.2.1 5070");
  BOOST_TEST(asked == (std::vector<std::string>{"AAAA home.test", "A home.test"}));
  BOOST_TEST(routes("sips:b@home.test:5070") == "tls 2001:db8::1 5070, tls 192.0.2.1 5070");
}

BOOST_AUTO_TEST_CASE(a_transport_needs_only_its_service) {
  service("_sip._tcp.home.test", {0, 0, 5080, "gate.test"});
  address("gate.test", "192.0.2.1");
  BOOST_TEST(routes("sip:b@home.test.;transport=tcp") == "tcp 192.0.2.1 5080");
  BOOST_TEST(asked == (std::vector<std::string>{"SRV _sip._tcp.home.test", "AAAA gate.test", "A gate.test"}));
}

BOOST_AUTO_TEST_CASE(another_service_is_found_by_its_records_alone) {
  const auto servers = [&] {
    return text_of(
        run([](const RouteSurroundings& around) { return RouteSearch("_msrps._tcp", "home.test", around); }));
  };
  address("home.test", "192.0.2.9");
  BOOST_TEST(servers() == "\"home.test\" names no server");
  BOOST_TEST(asked == (std::vector<std::string>{"SRV _msrps._tcp.home.test"}));
  service("_msrps._tcp.home.test", {1, 0, 2855, "second.test"});
  service("_msrps._tcp.home.test", {0, 0, 9000, "first.test"});
  address("first.test", "192.0.2.1");
  address("second.test", "192.0.2.2");
  BOOST_TEST(servers() == "tls 192.0.2.1 9000, tls 192.0.2.2 2855");
}

BOOST_AUTO_TEST_CASE(pointers_say_transport_and_order) {
  (*this)["NAPTR home.test"].pointers = {
      {20, 1, "s", "SIP+D2U", "_sip._udp.home.test"}, {10, 9, "s", "SIP+D2T", "t.other.test"},
      {10, 5, "s", "SIPS+D2T", "s.home.test"},        {1, 1, "s", "SIP+D2S", "sctp.home.test"},
      {1, 1, "u", "SIP+D2U", "regexp.home.test"},     {1, 1, "s", "E2U+SIP", "enum.home.test"},
      {1, 1, "s", "SIP+D2U", "b?d.home.test"},
  };
  service("s.home.test", {0, 0, 5061, "a.test"});
  service("t.other.test", {0, 0, 5060, "b.test"});
  service("_sip._udp.home.test", {0, 0, 5060, "a.test"});
  address("a.test", "192.0.2.1");
  address("b.test", "192.0.2.2");
  const Found found = find("sip:b@home.test");
  BOOST_TEST(text_of(found) == "tls 192.0.2.1 5061, tcp 192.0.2.2 5060, udp 192.0.2.1 5060");
  // RFC 5922, 4: the certificate names the domain, wherever the pointers led.
  for (const Route& route : found.routes) BOOST_TEST(route.tls_name == "home.test");
  BOOST_TEST(routes("sips:b@home.test") == "tls 192.0.2.1 5061");
  BOOST_TEST(routes("sip:b@home.test", {"udp"}) == "udp 192.0.2.1 5060");
}

BOOST_AUTO_TEST_CASE(without_pointers_each_transport_is_asked_for_in_our_order) {
  service("_sip._udp.home.test", {0, 0, 5060, "a.test"});
  service("_sip._tcp.home.test", {0, 0, 5062, "a.test"});
  service("_sips._tcp.home.test", {0, 0, 5063, "a.test"});
  address("a.test", "192.0.2.1");
  BOOST_TEST(routes("sip:b@home.test") == "udp 192.0.2.1 5060, tcp 192.0.2.1 5062, tls 192.0.2.1 5063");
  BOOST_TEST(routes("sip:b@home.test", {"tls", "tcp"}) == "tls 192.0.2.1 5063, tcp 192.0.2.1 5062");
  BOOST_TEST(routes("sips:b@home.test") == "tls 192.0.2.1 5063");
}

BOOST_AUTO_TEST_CASE(without_a_service_the_host_itself_is_tried) {
  address("home.test", "192.0.2.1");
  fails("SRV _sip._tcp.home.test", Outcome::nothing);
  BOOST_TEST(routes("sip:b@home.test") == "udp 192.0.2.1 5060");
  BOOST_TEST(asked.size() == 6u);
  BOOST_TEST(routes("sips:b@home.test") == "tls 192.0.2.1 5061");
  BOOST_TEST(routes("sip:b@home.test", {"tcp"}) == "tcp 192.0.2.1 5060");
  BOOST_TEST(routes("sip:b@home.test;transport=tcp") == "tcp 192.0.2.1 5060");
}

BOOST_AUTO_TEST_CASE(pointers_that_cannot_be_asked_for_hinder_nothing) {
  service("_sip._udp.home.test", {0, 0, 5060, "a.test"});
  address("a.test", "192.0.2.1");
  for (const Outcome outcome : {Outcome::silence, Outcome::failure, Outcome::nothing}) {
    fails("NAPTR home.test", outcome);
    BOOST_TEST(routes("sip:b@home.test") == "udp 192.0.2.1 5060");
  }
}

BOOST_AUTO_TEST_CASE(services_come_by_priority_and_then_by_weight) {
  for (const auto& [priority, weight, port] : {std::tuple{20, 0, 1}, {10, 0, 2}, {10, 60, 3}, {10, 40, 4}, {5, 9, 5}})
    service("_sip._udp.home.test", {static_cast<std::uint16_t>(priority), static_cast<std::uint16_t>(weight),
                                    static_cast<std::uint16_t>(port), "a.test"});
  address("a.test", "192.0.2.1");
  const auto ports = [this](std::vector<unsigned> draws) {
    random = std::move(draws);
    sums.clear();
    std::string text;
    for (const Route& route : find("sip:b@home.test;transport=udp").routes) text += std::to_string(route.port);
    return text;
  };
  BOOST_TEST(ports({0, 0, 0, 0, 0}) == "52341");
  BOOST_TEST(sums == (std::vector<unsigned>{9, 100, 100, 40, 0}));
  BOOST_TEST(ports({9, 60, 40, 0, 0}) == "53421");
  BOOST_TEST(ports({9, 61, 60, 0, 0}) == "54321");
  BOOST_TEST(ports({9, 100, 0, 60, 0}) == "54231");
}

BOOST_AUTO_TEST_CASE(weights_are_obeyed_in_the_long_run) {
  service("_sip._udp.home.test", {0, 75, 1, "a.test"});
  service("_sip._udp.home.test", {0, 25, 2, "a.test"});
  address("a.test", "192.0.2.1");
  unsigned first = 0;
  for (unsigned draw = 0; draw <= 100; ++draw) {
    random = {draw};
    if (find("sip:b@home.test;transport=udp").routes.front().port == 1) ++first;
  }
  BOOST_TEST(first == 76u);
}

BOOST_AUTO_TEST_CASE(a_domain_without_the_service_says_so) {
  service("_sip._udp.home.test", {0, 0, 0, ""});
  address("home.test", "192.0.2.1");
  BOOST_TEST(routes("sip:b@home.test;transport=udp") == "\"home.test\" offers no SIP by a transport of ours");
  service("_sip._tcp.home.test", {0, 0, 5060, "a.test"});
  address("a.test", "192.0.2.1");
  BOOST_TEST(routes("sip:b@home.test") == "tcp 192.0.2.1 5060");
}

BOOST_AUTO_TEST_CASE(targets_that_are_no_hosts_are_left_out) {
  for (const char* target : {"a?b.test", "-x", "192.0.2.300"}) service("_sip._udp.home.test", {0, 0, 5060, target});
  service("_sip._udp.home.test", {1, 0, 0, "port.test"});
  service("_sip._udp.home.test", {2, 0, 5060, "192.0.2.7"});
  BOOST_TEST(routes("sip:b@home.test;transport=udp") == "udp 192.0.2.7 5060");
}

BOOST_AUTO_TEST_CASE(a_dead_target_leaves_the_others) {
  service("_sip._udp.home.test", {0, 0, 5060, "gone.test"});
  service("_sip._udp.home.test", {1, 0, 5060, "a.test"});
  address("a.test", "192.0.2.1");
  for (const Outcome outcome : {Outcome::no_such_name, Outcome::failure, Outcome::silence}) {
    fails("A gone.test", outcome);
    BOOST_TEST(routes("sip:b@home.test;transport=udp") == "udp 192.0.2.1 5060");
  }
}

BOOST_AUTO_TEST_CASE(addresses_that_no_route_leads_to_are_left_out) {
  address("home.test", "192.0.2.1");
  address("home.test", "2001:db8::1");
  unreachable = {"2001:db8::1"};
  BOOST_TEST(routes("sip:b@home.test:5060") == "udp 192.0.2.1 5060");
  unreachable.push_back("192.0.2.1");
  BOOST_TEST(routes("sip:b@home.test:5060") == "no route leads to 192.0.2.1, the address of \"home.test\"");
}

BOOST_AUTO_TEST_CASE(there_are_twenty_routes_at_most_and_each_once) {
  for (unsigned i = 0; i < 1000; ++i) service("_sip._udp.home.test", {0, 1, 5060, "h" + std::to_string(i) + ".test"});
  for (unsigned i = 0; i < 1000; ++i) {
    address("h" + std::to_string(i) + ".test", "192.0.2.1");
    address("h" + std::to_string(i) + ".test", "198.51.100." + std::to_string(i % 250));
    address("h" + std::to_string(i) + ".test", "203.0.113." + std::to_string(i % 250));
  }
  const Found found = find("sip:b@home.test;transport=udp");
  BOOST_TEST(found.routes.size() == 20u);
  BOOST_TEST(asked.size() == 41u);
  for (const Route& route : found.routes) BOOST_TEST(std::count(found.routes.begin(), found.routes.end(), route) == 1);
}

BOOST_AUTO_TEST_CASE(many_addresses_of_one_host_are_bounded_too) {
  for (unsigned i = 0; i < 250; ++i) address("home.test", "192.0.2." + std::to_string(i));
  BOOST_TEST(find("sip:b@home.test:5060").routes.size() == 20u);
}

struct Fault {
  Outcome outcome;
  std::string detail;
  std::string sentence;
};
std::ostream& operator<<(std::ostream& out, const Fault& row) { return out << row.sentence; }

const std::vector<Fault> faults{
    {Outcome::no_such_name, "", "\"home.test\" does not exist"},
    {Outcome::nothing, "", "\"home.test\" has no address"},
    {Outcome::failure, "SERVFAIL", "the name server could not answer for \"home.test\": SERVFAIL"},
    {Outcome::silence, "", "no name server answered in time for \"home.test\""},
    {Outcome::unreachable, "127.0.0.1 port 53: refused", "no name server can be reached: 127.0.0.1 port 53: refused"},
};

BOOST_DATA_TEST_CASE_F(World, each_fault_has_its_sentence, data::make(faults), row) {
  fails("A home.test", row.outcome, row.detail);
  fails("AAAA home.test", Outcome::nothing);
  BOOST_TEST(routes("sip:b@home.test:5060") == row.sentence);
}

BOOST_DATA_TEST_CASE_F(World, services_that_nobody_can_tell_of_are_not_taken_for_none, data::xrange(2, 5), index) {
  const Fault& row = faults[static_cast<std::size_t>(index)];
  address("home.test", "192.0.2.1");
  fails("SRV _sip._udp.home.test", row.outcome, row.detail);
  const std::string fault = routes("sip:b@home.test;transport=udp");
  BOOST_TEST(fault != "");
  BOOST_TEST(asked.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
