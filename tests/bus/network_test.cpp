// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/bus/stories.h"
#include "tests/support/accounts.h"
#include "tests/support/kamailio.h"
#include "tests/support/logind.h"
#include "tests/support/own_network.h"

using namespace std::chrono_literals;
using test::OutgoingCall;
using test::PeerCall;
using test::Process;
using test::Sdp;
using test::SipMessage;
using test::SipPeer;
using test::Station;
using test::Story;

namespace {

boost::test_tools::assertion_result is_alone(boost::unit_test::test_unit_id) {
  static const bool alone = test::leave_the_network();
  return alone;
}

// Two networks with a cable between them: ours, where the peer has 192.0.2.2, and the daemon's, with 192.0.2.1. What
// the variable SIPSESSIOND names runs there while this lives.
class Cable {
 public:
  Cable() : program_(std::getenv("SIPSESSIOND")), there_({"unshare", "--net", "tail", "-f", "/dev/null"}) {
    const std::string number = std::to_string(there_.number());
    namespace_ = "nsenter --target " + number + " --net ";
    // The process is another one's network only when unshare has come to that.
    const auto network = [](const std::string& of) { return std::filesystem::read_symlink("/proc/" + of + "/ns/net"); };
    while (network(number) == network("self")) sched_yield();
    test::ip("link set lo up");
    test::ip("link add cable type veth peer name one netns " + number);
    test::ip("link set cable addrgenmode none up");
    test::ip("address add 192.0.2.2/24 dev cable");
    there("link set lo up");
    there("link set one addrgenmode none up");
    there("address add 192.0.2.1/24 dev one");
    const auto script = directory_.path() / "sipsessiond";
    std::ofstream(script) << "#!/bin/sh\nexec " << namespace_ << program_ << " \"$@\"\n";
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    setenv("SIPSESSIOND", script.c_str(), 1);
  }
  ~Cable() {
    stay_here();
    test::ip("link delete cable");
  }
  Cable(const Cable&) = delete;
  Cable& operator=(const Cable&) = delete;

  // Daemons that start from now on are in our network.
  void stay_here() const { setenv("SIPSESSIOND", program_.c_str(), 1); }
  // ip(8) in the daemon's network.
  void there(const std::string& arguments) const {
    if (std::system((namespace_ + "ip " + arguments).c_str()) != 0) throw std::runtime_error("ip " + arguments);
  }

 private:
  const std::string program_;
  test::TemporaryDirectory directory_;
  Process there_;
  std::string namespace_;
};

// The peer is called, and takes the call; the session.
std::string call(Station& station, SipPeer& peer) {
  peer.speak_to("192.0.2.1");
  const auto session = station.call(peer.uri());
  const SipMessage invite = peer.expect("INVITE");
  PeerCall(peer, invite, station.port()).reply(invite, 200, "OK", Sdp{}.text());
  peer.expect("ACK");
  station.wait(session, "DidStart");
  return session;
}

// A registrar in our network, and what an account needs to register there.
struct Registrar {
  test::Settings settings(const std::string& user, bool outbound) const {
    return {{"enabled", true},
            {"password", test::password_of(user)},
            {"outbound_proxy", kamailio.host()},
            {"sip.outbound", outbound}};
  }

  test::Kamailio kamailio{{.address = "192.0.2.2"}};
};

std::string address_of(Station& station) {
  return station.client.get<std::vector<std::string>>(test::engine_path, "Engine", "LocalUris").at(0);
}

}  // namespace

// The daemon in a network of its own, whose addresses change.
BOOST_AUTO_TEST_SUITE(network, *boost::unit_test::precondition(is_alone))

BOOST_AUTO_TEST_CASE(a_call_whose_address_is_gone_ends_and_the_next_one_goes_from_the_new_address) {
  Cable cable;
  Station bob({.address = "auto"});
  SipPeer peer("192.0.2.2");
  const auto session = call(bob, peer);
  // Of another network, so that it stays; SIP starts anew when the call is over, once.
  cable.there("address add 192.0.2.9/25 dev one");
  cable.there("address delete 192.0.2.1/24 dev one");
  bob.wait(session, "DidEnd local");
  CHECK_STORY(bob, session,
              test::calling + test::answered +
                  Story{"GotStreamUpdate", "ChangedState ESTABLISHED TERMINATED",
                        "DidFail local 0 our address 192.0.2.1 is gone: the network has changed", "DidEnd local"});
  bob.recorder.wait([](const test::Entry& entry) { return entry.member == "SIPEngineDidStart"; }, "SIP starts anew");
  BOOST_CHECK(address_of(bob).find("192.0.2.9") != std::string::npos);
  const auto second = bob.call(peer.uri());
  SipMessage invite = peer.expect("INVITE");
  BOOST_CHECK(invite.header("Contact").find("@192.0.2.9:") != std::string::npos);
  BOOST_CHECK(invite.body().find("c=IN IP4 192.0.2.9") != std::string::npos);
  bob.end(second);
}

BOOST_AUTO_TEST_CASE(a_call_goes_on_when_another_address_comes_and_the_next_one_knows_it) {
  Cable cable;
  Station bob({.address = "auto"});
  SipPeer peer("192.0.2.2");
  const auto session = call(bob, peer);
  cable.there("address add 198.51.100.1/24 dev one");
  test::ip("address add 198.51.100.2/24 dev cable");
  BOOST_CHECK(peer.silent(1500ms));  // no BYE, though the daemon has noticed by then
  BOOST_CHECK_EQUAL(bob.client.state(session), "ESTABLISHED");
  bob.end(session);
  bob.wait(session, "DidEnd local");
  bob.recorder.wait([](const test::Entry& entry) { return entry.member == "SIPEngineDidStart"; }, "SIP starts anew");
  SipPeer other("198.51.100.2");
  const auto second = bob.call(other.uri());
  BOOST_CHECK(other.expect("INVITE").header("Contact").find("@198.51.100.1:") != std::string::npos);
  bob.end(second);
}

BOOST_AUTO_TEST_CASE(sip_that_had_no_network_comes_by_itself_with_it) {
  Cable cable;
  cable.there("address delete 192.0.2.1/24 dev one");
  Station bob({.address = "auto"});
  cable.there("address add 192.0.2.1/24 dev one");
  bob.until([&] { return address_of(bob).find("192.0.2.1") != std::string::npos; }, "the address is listened on");
  SipPeer peer("192.0.2.2");
  call(bob, peer);
}

BOOST_AUTO_TEST_CASE(an_account_is_registered_from_the_new_address_and_called_there) {
  for (const bool outbound : {true, false}) {
    Cable cable;
    const Registrar registrar;
    Station bob({.address = "auto"});
    cable.stay_here();
    Station alice({.user = "a", .address = "192.0.2.2"});
    const auto from = test::add_account(alice, "alice@example.test", registrar.settings("alice", outbound));
    const auto to = test::add_account(bob, "bob@example.test", registrar.settings("bob", outbound));
    test::registration_signal(alice, from, "DidSucceed");
    test::registration_signal(bob, to, "DidSucceed");
    cable.there("address delete 192.0.2.1/24 dev one");
    cable.there("address add 192.0.2.9/24 dev one");
    const test::Entry again = test::registration_signal(bob, to, "DidSucceed", 2, 20s);
    BOOST_CHECK(again.arguments.at(3).text.find("@192.0.2.9:") != std::string::npos);
    // The registrar knows of no other contact.
    const auto contacts = test::account_property<std::vector<std::string>>(bob, to, "RegisteredContacts");
    BOOST_REQUIRE_EQUAL(contacts.size(), 1);
    BOOST_CHECK(contacts.front().find("@192.0.2.9:") != std::string::npos);
    const auto outgoing = alice.client.call_out("sip:bob@example.test");
    bob.accept(bob.called());
    alice.wait(outgoing, "DidStart");
    alice.end(outgoing);
    alice.wait(outgoing, "DidEnd local");
  }
}

// Networks go and come while the machine falls asleep and wakes.
BOOST_AUTO_TEST_CASE(nothing_is_sent_when_the_network_changes_while_the_machine_sleeps) {
  Cable cable;
  test::PrivateBus bus;
  test::Logind logind(bus);
  Station bob({.address = "auto", .environment = {{"DBUS_SYSTEM_BUS_ADDRESS", bus.address()}}});
  bob.until([&] { return logind.inhibited().size() == 1; }, "sleep is held off");
  SipPeer registrar("192.0.2.2");
  const auto grant = [&](const SipMessage& request, unsigned seconds) {
    PeerCall(registrar, request, bob.port())
        .reply(request, 200, "OK", "",
               "Contact: " + request.header("Contact") + ";expires=" + std::to_string(seconds) + "\r\n");
  };
  registrar.speak_to("192.0.2.1");
  const auto account = test::add_account(
      bob, "bob@example.test", {{"enabled", true}, {"outbound_proxy", registrar.host()}, {"sip.outbound", false}});
  grant(registrar.expect("REGISTER"), 600);
  test::registration_signal(bob, account, "DidSucceed");
  logind.prepare_for_sleep(true);
  grant(registrar.expect("REGISTER"), 0);
  test::registration_signal(bob, account, "DidEnd");

  // Another way out, then another address, with which SIP starts anew.
  cable.there("route add default via 192.0.2.2");
  cable.there("address delete 192.0.2.1/24 dev one");
  cable.there("address add 192.0.2.9/24 dev one");
  bob.recorder.wait([](const test::Entry& entry) { return entry.member == "SIPEngineDidStart"; }, "SIP starts anew");
  bob.until([&] { return address_of(bob).find("192.0.2.9") != std::string::npos; }, "the new address is listened on");
  cable.there("route add default via 192.0.2.2");
  BOOST_CHECK_MESSAGE(registrar.silent(1500ms), registrar.trace());  // it has noticed by then

  registrar.speak_to("192.0.2.9");
  logind.prepare_for_sleep(false);
  const SipMessage request = registrar.expect("REGISTER");
  BOOST_CHECK(request.header("Contact").find("@192.0.2.9:") != std::string::npos);
  grant(request, 600);
  test::registration_signal(bob, account, "DidSucceed", 2);
}

BOOST_AUTO_TEST_SUITE_END()
