// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"
#include "tests/support/accounts.h"
#include "tests/support/kamailio.h"
#include "tests/support/logind.h"

using namespace std::chrono_literals;
using test::add_account;
using test::PeerCall;
using test::registration_signal;
using test::SipMessage;
using test::SipPeer;
using test::Station;

// The machine falls asleep and wakes, as logind tells it.
BOOST_AUTO_TEST_SUITE(falls_asleep)

namespace {

// logind.conf(5), InhibitDelayMaxSec.
constexpr auto longest_delay = 5s;

struct Machine {
  Machine() { hold_off(1); }

  void hold_off(std::size_t times) {
    bob.until([&] { return logind.inhibited().size() == times; }, "sleep is held off");
    BOOST_CHECK_EQUAL(logind.inhibited().back(), "sleep delay");
    BOOST_CHECK(!logind.released(0ms));
  }

  test::PrivateBus bus;
  test::Logind logind{bus};
  Station bob{{.environment = {{"DBUS_SYSTEM_BUS_ADDRESS", bus.address()}}}};
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_account_is_not_registered_while_the_machine_sleeps_and_called_when_it_is_awake) {
  test::Kamailio kamailio;
  Machine machine;
  Station& bob = machine.bob;
  Station alice({.user = "a"});
  test::Settings settings{{"enabled", true}, {"outbound_proxy", kamailio.host()}};
  settings["password"] = test::password_of("alice");
  const auto from = add_account(alice, "alice@example.test", settings);
  settings["password"] = test::password_of("bob");
  const auto to = add_account(bob, "bob@example.test", settings);
  registration_signal(alice, from, "DidSucceed");
  registration_signal(bob, to, "DidSucceed");
  machine.logind.prepare_for_sleep(true);
  const test::Entry ended = registration_signal(bob, to, "DidEnd");
  BOOST_CHECK_EQUAL(ended.arguments.at(1).text, "200");
  BOOST_CHECK_EQUAL(test::value_of(ended.arguments.at(3), "cause"), "\"removed\"");
  BOOST_CHECK(machine.logind.released(longest_delay));
  // The registrar does not send calls into the dark.
  alice.wait(alice.client.call_out("sip:bob@example.test"), "DidFail remote 404 Not Found");
  machine.logind.prepare_for_sleep(false);
  registration_signal(bob, to, "DidSucceed", 2);
  const auto outgoing = alice.client.call_out("sip:bob@example.test");
  bob.accept(bob.called());
  alice.wait(outgoing, "DidStart");
  alice.end(outgoing);
  alice.wait(outgoing, "DidEnd local");
  machine.hold_off(2);
}

BOOST_AUTO_TEST_CASE(a_registrar_that_is_silent_does_not_keep_the_machine_awake) {
  SipPeer registrar;
  Machine machine;
  const auto account = add_account(machine.bob, "bob@example.test",
                                   {{"enabled", true}, {"outbound_proxy", registrar.host()}, {"sip.outbound", false}});
  const auto grant = [&](const SipMessage& request) {
    PeerCall(registrar, request, machine.bob.port())
        .reply(request, 200, "OK", "", "Contact: " + request.header("Contact") + ";expires=600\r\n");
  };
  grant(registrar.expect("REGISTER"));
  registration_signal(machine.bob, account, "DidSucceed");
  machine.logind.prepare_for_sleep(true);
  BOOST_CHECK_EQUAL(registrar.expect("REGISTER").header("Expires"), "0");
  BOOST_CHECK(machine.logind.released(longest_delay));
  machine.logind.prepare_for_sleep(false);
  SipMessage request = registrar.expect("REGISTER");
  while (request.header("Expires") == "0") request = registrar.expect("REGISTER");
  grant(request);
  registration_signal(machine.bob, account, "DidSucceed", 2);
  machine.hold_off(2);
}

BOOST_AUTO_TEST_SUITE_END()
