// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/host/network_monitor.h"

#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/own_network.h"

using namespace std::chrono_literals;
using host::Network;
using test::ip;

namespace {

struct Change {
  Network before;
  Network now;
};

// Two links that are each other's end, one of them with an address and the way to everywhere.
struct Links {
  Links() {
    ip("link set lo up");
    ip("link add one type veth peer name two");
    ip("link set one addrgenmode none up");  // or IPv6 would go on changing it
    ip("link set two addrgenmode none up");
    ip("address add 192.0.2.1/24 dev one");
    ip("route add default via 192.0.2.254");
  }
  ~Links() { ip("link delete one"); }

  // What the monitor tells next; nothing, if it tells nothing for so long.
  std::vector<Change> changes(base::Duration limit = 10s) {
    seen.clear();
    base::Timer timer(loop);
    timer.start(limit, [this] { loop.quit(0); });
    loop.run();
    return seen;
  }
  void start() {
    monitor = std::make_unique<host::NetworkMonitor>(loop, [this](const Network& before, const Network& now) {
      seen.push_back({before, now});
      loop.quit(0);
    });
  }

  base::Loop loop;
  std::vector<Change> seen;
  std::unique_ptr<host::NetworkMonitor> monitor;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(network_monitor, Links)

BOOST_AUTO_TEST_CASE(the_network_is_its_addresses_and_default_routes) {
  const Network network = host::present_network();
  BOOST_TEST(network.addresses == (std::set<std::string>{"127.0.0.1", "192.0.2.1", "::1"}));
  BOOST_REQUIRE(network.default_routes.size() == 1u);
  BOOST_TEST(network.default_routes.begin()->starts_with("one "));
  ip("-6 address add 2001:db8::1/64 dev one nodad");
  ip("-6 route add default via 2001:db8::99");
  BOOST_TEST(host::present_network().addresses.contains("2001:db8::1"));
  BOOST_TEST(host::present_network().default_routes.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_address_that_is_replaced_is_told_once) {
  start();
  ip("address delete 192.0.2.1/24 dev one");
  ip("address add 192.0.2.9/24 dev one");
  ip("route add default via 192.0.2.254");
  const auto told = changes();
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].before.addresses.contains("192.0.2.1"));
  BOOST_TEST(!told[0].now.addresses.contains("192.0.2.1"));
  BOOST_TEST(told[0].now.addresses.contains("192.0.2.9"));
  BOOST_TEST((told[0].before.default_routes == told[0].now.default_routes));
}

BOOST_AUTO_TEST_CASE(another_gateway_is_told) {
  start();
  ip("route replace default via 192.0.2.253");
  const auto told = changes();
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST((told[0].before.addresses == told[0].now.addresses));
  BOOST_TEST((told[0].before.default_routes != told[0].now.default_routes));
}

BOOST_AUTO_TEST_CASE(a_link_that_goes_down_takes_its_addresses_along) {
  start();
  ip("link set one down");
  const auto told = changes();
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].now.addresses == (std::set<std::string>{"127.0.0.1", "::1"}));
  BOOST_TEST(told[0].now.default_routes.empty());
}

BOOST_AUTO_TEST_CASE(what_is_as_before_when_the_burst_is_over_is_not_told) {
  start();
  for (int i = 0; i < 20; ++i) {
    ip("address add 198.51.100.1/24 dev two");
    ip("address delete 198.51.100.1/24 dev two");
  }
  ip("route add 203.0.113.0/24 via 192.0.2.254");
  BOOST_TEST(changes(800ms).empty());
}

BOOST_AUTO_TEST_SUITE_END()
