// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/kamailio.h"

#include <fstream>

#include "tests/unit/msrp/network.h"

using namespace network;

namespace {

// A real relay over TLS, one who is reached by it, and one who is not.
struct BehindKamailio {
  World world;
  test::TemporaryDirectory directory;
  base::Identity relays = Site::some_identity("relay.test");
  test::Kamailio kamailio{{"", file()}};
  Site here{world}, there{world};
  msrp::RelayAccess access{"relay.test", kamailio.port("tls"),      true, "example.test",
                           "alice",      test::password_of("alice")};

  BehindKamailio() {
    for (Site* site : {&here, &there}) {
      site->names["relay.test"] = {{"127.0.0.1", access.port}};
      site->identity.authorities = relays.certificates;
    }
  }
  std::string file() const {
    const std::string name = directory.path() / "relay.pem";
    std::ofstream(name) << relays.certificates;
    return name;
  }
  void wait(Party& party) {
    BOOST_TEST(world.until([&] { return world.clock.advance(1ms), party.told == "ChatPrepared\n"; }));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(kamailio, BehindKamailio)

BOOST_AUTO_TEST_CASE(who_is_behind_a_real_relay_talks_to_who_is_not) {
  Party alice(world, here.engine, {}, access), bob(there, true);
  wait(alice);
  BOOST_TEST(alice.stream->local()->path.size() == 2u);
  BOOST_TEST(alice.stream->local()->secure);
  alice.stream->start(false, bob.as_remote());
  bob.stream->start(true, alice.as_remote());
  bob.say("hello");
  BOOST_TEST(
      world.until([&] { return world.clock.advance(1ms), alice.told.find("GotMessage hello\n") != alice.told.npos; }));
  alice.say(std::string(100'000, 'y'));
  BOOST_TEST(bob.hears("GotMessage yyy"));
  BOOST_TEST(bob.hears("delivered 200\n"));
  BOOST_TEST(alice.hears("delivered 200\n"));
  for (const Party* party : {&alice, &bob}) {
    BOOST_CHECK(party->stream->statistics().verification == msrp::Verification::name);
    BOOST_TEST(party->stream->statistics().remote_port == access.port);
  }
  kamailio.stop();
  BOOST_TEST(alice.hears("ChatFailed 0 the relay is gone"));
  BOOST_TEST(bob.hears("ChatFailed 0"));
}

BOOST_AUTO_TEST_SUITE_END()
