// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/name_servers.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace data = boost::unit_test::data;
using namespace sip;
using Addresses = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(name_servers)

BOOST_AUTO_TEST_CASE(a_name_server_is_an_address_perhaps_with_a_port) {
  BOOST_TEST((name_server_from_text("192.0.2.53") == NameServer{"192.0.2.53", 53}));
  BOOST_TEST((name_server_from_text("192.0.2.53:5353") == NameServer{"192.0.2.53", 5353}));
  BOOST_TEST((name_server_from_text("2001:db8::53") == NameServer{"2001:db8::53", 53}));
  BOOST_TEST((name_server_from_text("[2001:db8::53]:5353") == NameServer{"2001:db8::53", 5353}));
  BOOST_TEST((name_server_from_text("fe80::1%eth0") == NameServer{"fe80::1%eth0", 53}));
}

BOOST_DATA_TEST_CASE(anything_else_is_none,
                     data::make({"", " ", "localhost", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536", ":53",
                                 "[192.0.2.53]:53", "[::1]", "[::1]:", "[::1:53", "192.0.2.53%eth0", "::1%", "::1%a b",
                                 "192.0.2.53 ", "192.0.2.53:+5"}),
                     text) {
  BOOST_TEST(!name_server_from_text(text).has_value());
}

BOOST_AUTO_TEST_CASE(resolv_conf_names_up_to_three) {
  const auto servers = name_servers_of(
      "# nameserver 192.0.2.9\nsearch example.com\n nameserver\t192.0.2.1 \r\nnameserver bad\nnameserver\n"
      "nameserver 2001:db8::2#x\nnameserver fe80::3%eth0 trailing\nnameserverx 192.0.2.8\noptions timeout:1\n"
      "nameserver 192.0.2.4\nnameserver 192.0.2.5");
  BOOST_TEST((servers == std::vector<NameServer>{{"192.0.2.1"}, {"fe80::3%eth0"}, {"192.0.2.4"}}));
}

BOOST_AUTO_TEST_CASE(without_any_it_is_the_local_machine) {
  for (const char* text : {"", "\n", "nameserver", "search x", "\0\0"})
    BOOST_TEST((name_servers_of(text) == std::vector<NameServer>{{"127.0.0.1", 53}}));
}

constexpr const char* hosts =
    "127.0.1.1 me me.example.com\n"
    "192.0.2.1\tpbx.example.com  pbx # 192.0.2.2 comment\n"
    "# 192.0.2.3 pbx\n"
    "2001:db8::1 PBX\n"
    "bad pbx\n"
    "192.0.2.4\n"
    "192.0.2.5 other pbx.";

BOOST_AUTO_TEST_CASE(the_hosts_file_is_read_in_its_order) {
  BOOST_TEST(addresses_in(hosts, "pbx") == (Addresses{"192.0.2.1", "2001:db8::1", "192.0.2.5"}));
  BOOST_TEST(addresses_in(hosts, "Pbx.Example.Com.") == Addresses{"192.0.2.1"});
  BOOST_TEST(addresses_in(hosts, "192.0.2.4").empty());
  BOOST_TEST(addresses_in(hosts, "comment").empty());
  BOOST_TEST(addresses_in("", "pbx").empty());
}

BOOST_AUTO_TEST_CASE(localhost_is_here_whatever_the_file_says) {
  for (const char* name : {"localhost", "LOCALHOST.", "sip.localhost"})
    BOOST_TEST(addresses_in("192.0.2.1 localhost", name) == (Addresses{"127.0.0.1", "::1"}));
  BOOST_TEST(addresses_in("", "notlocalhost").empty());
}

BOOST_AUTO_TEST_SUITE_END()
