// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"
#include "tests/support/dns_server.h"
#include "tests/support/dnsmasq.h"
#include "tests/support/sipp.h"

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using test::Dnsmasq;
using test::DnsServer;
using test::PeerCall;
using test::Sdp;
using test::SipMessage;
using test::Sipp;
using test::SipPeer;
using test::Station;
using test::StationSettings;
using test::Story;
using Mood = DnsServer::Mood;

// Where a call goes when its callee is a name: with name servers on the loopback that know only our names.
BOOST_AUTO_TEST_SUITE(lookups)

namespace {

StationSettings asking(const std::string& server, const std::string& more = "transports = [\"udp\", \"tcp\"];") {
  StationSettings settings;
  settings.more = "sip: { name_servers = [\"" + server + "\"]; " + more + " };\n";
  return settings;
}

std::string route_of(Station& station, const std::string& session) {
  const auto route = station.property<sdbus::Struct<std::string, std::uint16_t, std::string>>(session, "Route");
  return std::get<2>(route) + " " + std::get<0>(route) + " " + std::to_string(std::get<1>(route));
}

std::string by(const std::string& transport, std::uint16_t port) {
  return transport + " 127.0.0.1 " + std::to_string(port);
}

std::string srv(const std::string& service, std::uint16_t port, const std::string& priority) {
  return "srv-host=" + service + ",gate.home.test," + std::to_string(port) + "," + priority + ",10";
}

Story failed_lookup(const std::string& reason) {
  return test::calling +
         Story{"ChangedState CALLING TERMINATED", "DidFail local 0 DNS lookup failed: " + reason, "DidEnd local"};
}

// The peer takes the call that comes to it, and the caller sees by which route.
void answers(Station& station, SipPeer& peer, const std::string& session) {
  const SipMessage invite = peer.expect("INVITE");
  BOOST_CHECK_EQUAL(invite.request_uri(), "sip:alice@home.test");
  PeerCall call(peer, invite, station.port());
  call.answer(invite, Sdp{}.text());
  CHECK_STORY(station, session, test::calling + test::answered);
  BOOST_CHECK_EQUAL(route_of(station, session), by("udp", peer.port()));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_domain_is_called_by_its_service_of_the_best_priority) {
  SipPeer best;
  SipPeer worse;
  Dnsmasq names({"host-record=gate.home.test,127.0.0.1", srv("_sip._udp.home.test", worse.port(), "20"),
                 srv("_sip._udp.home.test", best.port(), "10")});
  Station bob(asking(names.text()));
  const auto session = bob.call("sip:alice@home.test");
  answers(bob, best, session);
  BOOST_CHECK(worse.silent(0ms));
}

BOOST_AUTO_TEST_CASE(dead_targets_give_way_to_the_next_and_pointers_say_which_is_first) {
  SipPeer peer;
  const auto dead = test::free_port();
  Dnsmasq names({"host-record=gate.home.test,127.0.0.1", "host-record=gone.home.test,127.0.0.77",
                 "naptr-record=home.test,10,10,s,SIP+D2T,,_sip._tcp.home.test",
                 "naptr-record=home.test,20,10,s,SIP+D2U,,_sip._udp.home.test", srv("_sip._tcp.home.test", dead, "1"),
                 srv("_sip._udp.home.test", peer.port(), "2"),
                 "srv-host=_sip._udp.home.test,nowhere.home.test,5060,1,10"});
  Station bob(asking(names.text()));
  const auto session = bob.call("sip:alice@home.test");
  answers(bob, peer, session);
}

BOOST_AUTO_TEST_CASE(a_target_without_service_gives_way_to_the_next) {
  SipPeer first;
  SipPeer second;
  Dnsmasq names({"host-record=gate.home.test,127.0.0.1", srv("_sip._udp.home.test", first.port(), "1"),
                 srv("_sip._udp.home.test", second.port(), "2")});
  Station bob(asking(names.text()));
  const auto session = bob.call("sip:alice@home.test");
  const SipMessage refused = first.expect("INVITE");
  BOOST_CHECK_EQUAL(route_of(bob, session), by("udp", first.port()));
  PeerCall(first, refused, bob.port()).reply(refused, 503, "Service Unavailable");
  answers(bob, second, session);
}

BOOST_AUTO_TEST_CASE(a_name_server_that_was_restarted_with_other_records_is_believed_at_once) {
  SipPeer before;
  SipPeer after;
  const auto records = [](const SipPeer& peer) {
    return std::vector<std::string>{"host-record=gate.home.test,127.0.0.1",
                                    srv("_sip._udp.home.test", peer.port(), "1")};
  };
  Dnsmasq names(records(before));
  Station bob(asking(names.text()));
  answers(bob, before, bob.call("sip:alice@home.test"));
  names.stop();
  const auto lost = bob.call("sip:alice@home.test");
  CHECK_STORY(bob, lost,
              failed_lookup("no name server can be reached: 127.0.0.1 port " +
                            names.text().substr(names.text().find(':') + 1) + ": Connection refused"));
  names.start(records(after));
  answers(bob, after, bob.call("sip:alice@home.test"));
}

BOOST_AUTO_TEST_CASE(one_line_calls_look_up_too) {
  SipPeer peer;
  DnsServer names;
  names.add("_sip._udp.home.test", "SRV 0 0 " + std::to_string(peer.port()) + " gate.home.test");
  names.add("gate.home.test", "A 127.0.0.1");
  names.behave("", Mood::cut);
  Station bob(asking(names.text()));
  answers(bob, peer, bob.client.call_out("alice@home.test"));
}

BOOST_AUTO_TEST_CASE(a_service_over_tcp_is_called_over_tcp) {
  Sipp peer({.scenario = "uas", .transport = "tcp"});
  DnsServer names;
  names.add("home.test", "NAPTR 1 1 s SIP+D2T tcp.home.test");
  names.add("tcp.home.test", "SRV 0 0 " + std::to_string(peer.port()) + " gate.home.test");
  names.add("gate.home.test", "A 127.0.0.1");
  Station bob(asking(names.text()));
  const auto session = bob.call("sip:alice@home.test");
  bob.wait(session, "DidStart");
  BOOST_CHECK_EQUAL(route_of(bob, session), by("tcp", peer.port()));
  bob.end(session);
  bob.wait(session, "DidEnd local");
}

BOOST_AUTO_TEST_CASE(the_order_of_the_transports_is_ours_where_the_domain_says_nothing) {
  SipPeer peer;
  const auto dead = test::free_port();
  DnsServer names;
  names.add("_sip._udp.home.test", "SRV 0 0 " + std::to_string(peer.port()) + " gate.home.test");
  names.add("_sip._tcp.home.test", "SRV 0 0 " + std::to_string(dead) + " gate.home.test");
  names.add("gate.home.test", "A 127.0.0.1");
  Station bob(asking(names.text(), "transports = [\"tcp\", \"udp\"];"));
  const auto session = bob.call("sip:alice@home.test");
  answers(bob, peer, session);
  const auto asked = names.asked();
  const auto place = [&](const std::string& question) { return std::find(asked.begin(), asked.end(), question); };
  BOOST_CHECK(place("SRV _sip._tcp.home.test") < place("SRV _sip._udp.home.test"));
}

BOOST_AUTO_TEST_CASE(the_name_of_a_given_route_is_looked_up) {
  SipPeer peer;
  DnsServer names;
  names.add("proxy.test", "A 127.0.0.1");
  Station bob(asking(names.text()));
  answers(bob, peer, bob.call("sip:alice@home.test", {{"proxy.test", peer.port(), ""}}));
  answers(bob, peer, bob.call("sip:alice@home.test", {{"nowhere.test", 5060, "udp"}, {"localhost", peer.port(), ""}}));
}

BOOST_AUTO_TEST_CASE(localhost_needs_no_name_server) {
  SipPeer peer;
  Station bob(asking("127.0.0.1:" + std::to_string(test::free_port())));
  const auto session = bob.call("sip:alice@localhost:" + std::to_string(peer.port()));
  const SipMessage invite = peer.expect("INVITE");
  PeerCall call(peer, invite, bob.port());
  call.answer(invite, Sdp{}.text());
  CHECK_STORY(bob, session, test::calling + test::answered);
}

BOOST_AUTO_TEST_CASE(of_two_families_the_one_that_answers_is_taken) {
  SipPeer peer;
  DnsServer names;
  names.add("home.test", "A 127.0.0.1");
  names.add("home.test", "AAAA ::1");
  StationSettings settings = asking(names.text());
  settings.address = "auto";
  Station bob(settings);
  const auto session = bob.call("sip:alice@home.test:" + std::to_string(peer.port()));
  const SipMessage invite = peer.expect("INVITE");
  BOOST_CHECK(invite.body().find("c=IN IP4 127.0.0.1") != std::string::npos);
  PeerCall call(peer, invite, bob.port());
  call.answer(invite, Sdp{}.text());
  CHECK_STORY(bob, session, test::calling + test::answered);
  BOOST_CHECK_EQUAL(route_of(bob, session), by("udp", peer.port()));
}

struct Fault {
  Mood mood;
  std::string reason;
};
std::ostream& operator<<(std::ostream& out, const Fault& row) { return out << row.reason; }

const std::vector<Fault> faults{
    {Mood::truthful, "\"home.test\" does not exist"},
    {Mood::servfail, "the name server could not answer for \"_sip._udp.home.test\": SERVFAIL"},
    {Mood::refused, "the name server could not answer for \"_sip._udp.home.test\": REFUSED"},
    {Mood::silent, "no name server answered in time for \"_sip._udp.home.test\""},
};

BOOST_DATA_TEST_CASE(each_fault_of_a_lookup_is_told_by_its_name, data::make(faults), row) {
  DnsServer names;
  names.behave("", row.mood);
  Station bob(asking(names.text()));
  const auto session = bob.call("sip:alice@home.test");
  BOOST_CHECK_EQUAL(route_of(bob, session), "  0");
  CHECK_STORY(bob, session, failed_lookup(row.reason));
}

BOOST_AUTO_TEST_CASE(a_call_is_ended_while_it_is_looked_up) {
  DnsServer names;
  names.behave("", Mood::silent);
  Station bob(asking(names.text()));
  const auto session = bob.call("sip:alice@home.test");
  bob.end(session);
  CHECK_STORY(bob, session,
              test::calling + Story{"ChangedState CALLING TERMINATING", "WillEnd",
                                    "ChangedState TERMINATING TERMINATED", "DidEnd local"});
}

BOOST_AUTO_TEST_CASE(the_daemon_leaves_in_the_middle_of_a_lookup) {
  DnsServer names;
  names.behave("", Mood::silent);
  Station bob(asking(names.text()));
  bob.call("sip:alice@home.test");
  BOOST_CHECK_EQUAL(bob.daemon.stop(), 0);
}

BOOST_AUTO_TEST_CASE(a_thousand_records_and_aliases_in_a_circle_harm_nobody) {
  SipPeer peer;
  DnsServer names;
  names.add("_sip._udp.home.test", "SRV 1 1 " + std::to_string(peer.port()) + " gate.home.test");
  for (unsigned i = 0; i < 1000; ++i)
    names.add("_sip._udp.home.test", "SRV 2 " + std::to_string(i) + " 5060 h" + std::to_string(i) + ".home.test");
  names.add("gate.home.test", "A 127.0.0.1");
  names.add("circle.test", "CNAME other.test");
  names.add("other.test", "CNAME circle.test");
  Station bob(asking(names.text()));
  CHECK_STORY(bob, bob.call("sip:alice@circle.test"), failed_lookup("\"circle.test\" has no address"));
  names.behave("_sip._udp.home.test", Mood::cut);
  answers(bob, peer, bob.call("sip:alice@home.test"));
}

BOOST_AUTO_TEST_SUITE_END()
