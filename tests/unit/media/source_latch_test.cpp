// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/source_latch.h"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using media::Endpoint;
using media::SourceLatch;
using Verdict = SourceLatch::Verdict;

namespace {

Endpoint at(const char* address, std::uint16_t port) { return *Endpoint::from_text(address, port); }

struct Fixture {
  const Endpoint signalled = at("192.0.2.1", 5000), same_host = at("192.0.2.1", 6000), nat = at("198.51.100.7", 7000),
                 attacker = at("203.0.113.9", 8000);
  SourceLatch latch;
  Fixture() { latch.expect(signalled); }

  // Packets of one source, one each `step`, in sequence; the count that was let in.
  int stream(const Endpoint& source, media::Time from, int packets, media::Time step = 20ms, std::uint32_t ssrc = 1) {
    int let_in = 0;
    for (int i = 0; i < packets; ++i)
      let_in += latch.judge(source, ssrc, static_cast<std::uint16_t>(i), from + i * step) != Verdict::refused;
    return let_in;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(source_latch, Fixture)

BOOST_AUTO_TEST_CASE(the_signalled_address_is_heard_from_its_first_packet) {
  BOOST_TEST((latch.remote() == signalled));
  BOOST_TEST((latch.judge(signalled, 1, 1, 0s) == Verdict::changed));
  BOOST_TEST((latch.judge(signalled, 1, 2, 20ms) == Verdict::known));
}

BOOST_AUTO_TEST_CASE(another_port_of_the_same_host_is_heard_until_the_signalled_one_speaks) {
  BOOST_TEST((latch.judge(same_host, 1, 1, 0s) == Verdict::changed));
  BOOST_TEST((latch.remote() == same_host));
  BOOST_TEST((latch.judge(signalled, 1, 1, 20ms) == Verdict::changed));
  BOOST_TEST((latch.judge(same_host, 1, 2, 40ms) == Verdict::refused));
}

BOOST_AUTO_TEST_CASE(a_peer_behind_nat_is_believed_after_its_trial) {
  BOOST_TEST(stream(nat, 0s, 25) == 0);
  BOOST_TEST((latch.remote() == signalled));
  BOOST_TEST((latch.judge(nat, 1, 25, 500ms) == Verdict::changed));
  BOOST_TEST((latch.remote() == nat));
  BOOST_TEST(stream(attacker, 520ms, 100) == 0);
}

BOOST_AUTO_TEST_CASE(a_fast_sprayer_does_not_shorten_the_trial) { BOOST_TEST(stream(attacker, 0s, 490, 1ms) == 0); }

BOOST_AUTO_TEST_CASE(nobody_foreign_is_heard_once_the_signalled_host_spoke) {
  latch.judge(signalled, 1, 1, 0s);
  BOOST_TEST(stream(attacker, 1ms, 5000, 1ms) == 0);
  // Not even after it fell silent.
  BOOST_TEST(stream(attacker, 60s, 5000) == 0);
  BOOST_TEST((latch.remote() == signalled));
}

BOOST_AUTO_TEST_CASE(the_signalled_address_takes_over_from_a_foreign_one) {
  BOOST_TEST(stream(attacker, 0s, 40) > 0);
  BOOST_TEST((latch.judge(signalled, 2, 1, 1s) == Verdict::changed));
  BOOST_TEST(stream(attacker, 1s, 1000) == 0);
  BOOST_TEST((latch.remote() == signalled));
}

BOOST_AUTO_TEST_CASE(a_peer_whose_nat_moved_is_found_again_when_it_was_silent) {
  stream(nat, 0s, 40);
  const Endpoint moved = at("198.51.100.7", 7001);
  BOOST_TEST(stream(moved, 800ms, 20) == 0);
  BOOST_TEST(stream(moved, 10s, 40) > 0);
  BOOST_TEST((latch.remote() == moved));
}

BOOST_AUTO_TEST_CASE(random_packets_never_end_a_trial) {
  for (int i = 0; i < 1000; ++i)
    BOOST_TEST((latch.judge(attacker, static_cast<std::uint32_t>(i), static_cast<std::uint16_t>(i * 7919), i * 20ms) ==
                Verdict::refused));
}

BOOST_AUTO_TEST_CASE(a_new_address_in_the_sdp_begins_anew_and_the_same_one_does_not) {
  stream(nat, 0s, 40);
  latch.expect(signalled);
  BOOST_TEST((latch.remote() == nat));
  latch.expect(at("192.0.2.2", 5000));
  BOOST_TEST((latch.remote() == at("192.0.2.2", 5000)));
  BOOST_TEST(!latch.latched());
}

BOOST_AUTO_TEST_CASE(addresses_have_one_form) {
  BOOST_TEST(at("::ffff:192.0.2.1", 1).address_text() == "192.0.2.1");
  BOOST_TEST((at("::ffff:192.0.2.1", 5000) == signalled));
  BOOST_TEST(at("2001:db8::1", 1).address_text() == "2001:db8::1");
  BOOST_TEST(!Endpoint::from_text("example.com", 1).has_value());
  BOOST_TEST(!Endpoint::from_text("fe80::1%nosuchlink", 1).has_value());
  for (const char* address : {"0.0.0.0", "::"}) BOOST_TEST(!at(address, 5000).is_specific());
  BOOST_TEST(!at("192.0.2.1", 0).is_specific());
}

BOOST_AUTO_TEST_SUITE_END()
