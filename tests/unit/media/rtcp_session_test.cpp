// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtcp_session.h"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

namespace {

// Two ends whose reports cross by hand.
struct End {
  media::Counters counters;
  media::RtcpSession session{counters};
  media::Reception reception{8000};
  std::uint32_t ssrc, remote;
  std::array<std::byte, 256> bytes{};

  End(std::uint32_t own, std::uint32_t other) : ssrc(own), remote(other) {
    for (std::uint16_t i = 0; i < 10; ++i)
      if (i != 5) reception.add(i, i * 160u, i * 20ms);
  }
  media::Bytes report(media::Time now, media::Time wall, bool goodbye = false) {
    const media::RtcpSession::Facts facts{
        .ssrc = ssrc, .timestamp = 5, .remote = remote, .reception = &reception, .clock_rate = 8000};
    return media::Bytes(bytes).first(session.report(facts, now, wall, goodbye, bytes));
  }
};

constexpr media::Time wall = std::chrono::seconds(1'700'000'000);

}  // namespace

BOOST_AUTO_TEST_SUITE(rtcp_session)

BOOST_AUTO_TEST_CASE(the_first_report_waits_and_the_others_come_every_few_seconds) {
  End end(1, 2);
  int reports = 0;
  media::Time first{};
  for (media::Time now = 1s; now < 301s; now += 20ms) {
    if (!end.session.due(now) || end.report(now, wall + now).empty()) continue;
    if (++reports == 1) first = now;
  }
  BOOST_TEST((first >= 2250ms));
  BOOST_TEST((first <= 4770ms));
  BOOST_TEST(reports >= 45);
  BOOST_TEST(reports <= 75);
}

BOOST_AUTO_TEST_CASE(two_ends_learn_the_round_trip_and_what_the_other_lost) {
  End here(1, 2), there(2, 1);
  here.counters.packets_sent.add(9);
  there.counters.packets_sent.add(9);
  here.report(1s, wall);
  there.report(1s, wall);
  // 30 ms there, held for 400 ms, 30 ms back.
  BOOST_TEST(there.session.receive(here.report(10s, wall), 2, 8000, wall + 30ms));
  BOOST_TEST(here.session.receive(there.report(10s, wall + 430ms), 1, 8000, wall + 460ms));
  const auto statistics = here.counters.snapshot();
  BOOST_TEST(std::abs(statistics.round_trip_ms - 60) < 0.1);
  BOOST_TEST(statistics.remote_packets_lost == 1u);
  BOOST_TEST(here.session.loss_at_peer() > 0.09);
}

BOOST_AUTO_TEST_CASE(a_report_says_whether_we_send_and_a_goodbye_leaves_at_once) {
  End end(1, 2);
  const auto silent = media::parse_rtcp(end.report(1s, wall, true));
  BOOST_TEST_REQUIRE(silent.has_value());
  BOOST_TEST(!silent->sender.has_value());
  BOOST_TEST(silent->goodbyes.size() == 1u);
  end.counters.packets_sent.add(3);
  const auto speaking = media::parse_rtcp(end.report(20s, wall));
  BOOST_TEST(speaking->sender.value().packets == 3u);
  BOOST_TEST(speaking->blocks.at(0).lost == 1);
}

BOOST_AUTO_TEST_CASE(what_is_malformed_or_of_another_changes_nothing) {
  End here(1, 2);
  BOOST_TEST(!here.session.receive({}, 1, 8000, wall));
  End other(7, 8);
  other.report(1s, wall);
  BOOST_TEST(here.session.receive(other.report(10s, wall), 1, 8000, wall));
  BOOST_TEST(here.counters.snapshot().remote_packets_lost == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
