// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/jitter_buffer.h"

#include <algorithm>
#include <functional>
#include <random>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using media::JitterBuffer;
using media::Time;
using Kind = JitterBuffer::Kind;

namespace {

// A sender, a network and a clock turned by hand. Each packet's payload is its number.
struct Line {
  struct Flying {
    Time arrival;
    std::uint16_t sequence;
    std::uint32_t timestamp;
    std::uint32_t number;
  };

  JitterBuffer buffer{8000};
  std::vector<Flying> flying;
  std::uint32_t packet_units = 160;
  std::vector<std::uint32_t> played, skipped;
  int missing = 0, silent = 0, late = 0;
  Time longest_depth{};

  void send(std::uint32_t number, Time arrival, std::uint16_t sequence, std::uint32_t timestamp) {
    flying.push_back({arrival, sequence, timestamp, number});
  }

  // Packets of these numbers at their times; the delay of each as the function says.
  void talk(std::uint32_t from, std::uint32_t to, const std::function<Time(std::uint32_t)>& delay) {
    const Time length = Time(1s) * packet_units / 8000;
    for (std::uint32_t number = from; number < to; ++number)
      send(number, number * length + delay(number), static_cast<std::uint16_t>(60000 + number),
           0xffff0000u + number * packet_units);
  }

  // Ticks of 20 ms, 7 ms out of phase with the sender.
  void run(Time until) {
    std::stable_sort(flying.begin(), flying.end(), [](auto& a, auto& b) { return a.arrival < b.arrival; });
    std::size_t next = 0;
    std::uint32_t sound = 0;  // units decoded and not played
    for (Time now = 7ms; now < until; now += 20ms) {
      for (; next < flying.size() && flying[next].arrival <= now; ++next) {
        const auto& packet = flying[next];
        const auto bytes = std::as_bytes(std::span(&packet.number, 1));
        late += buffer.put(packet.sequence, packet.timestamp, bytes, packet.arrival) == JitterBuffer::Put::late;
      }
      while (sound < 160) {
        const auto item = buffer.take(now);
        if (item.kind == Kind::silence) {
          ++silent;
          sound = 160;
        } else if (item.kind == Kind::missing) {
          ++missing;
          sound += item.units;
        } else {
          std::uint32_t number = 0;
          std::copy_n(item.payload.data(), sizeof number, std::as_writable_bytes(std::span(&number, 1)).data());
          buffer.played(packet_units);
          (item.kind == Kind::packet ? played : skipped).push_back(number);
          if (item.kind == Kind::packet) sound += packet_units;
        }
      }
      sound -= 160;
      longest_depth = std::max(longest_depth, buffer.depth());
    }
    flying.clear();
  }

  bool in_order() const { return std::is_sorted(played.begin(), played.end(), std::less_equal<>()); }
};

const auto on_time = [](std::uint32_t) -> Time { return 10ms; };

}  // namespace

BOOST_FIXTURE_TEST_SUITE(jitter_buffer, Line)

BOOST_AUTO_TEST_CASE(steady_packets_are_all_played_with_little_delay) {
  talk(0, 500, on_time);
  run(10s);
  BOOST_TEST(played.size() >= 497u);
  BOOST_TEST(in_order());
  BOOST_TEST(missing == 0);
  BOOST_TEST((longest_depth <= 40ms));
}

BOOST_AUTO_TEST_CASE(a_lost_packet_is_missed_once_and_the_next_is_shown) {
  talk(0, 20, on_time);
  std::erase_if(flying, [](auto& packet) { return packet.number == 10; });
  run(380ms);
  BOOST_TEST(missing == 1);
  BOOST_TEST((std::find(played.begin(), played.end(), 11u) != played.end()));

  JitterBuffer fec(8000);
  const std::array<std::byte, 1> payload{std::byte{9}};
  for (const std::uint16_t sequence : {1, 3}) fec.put(sequence, 160u * sequence, payload, sequence * 20ms);
  fec.take(40ms);
  fec.played(160);
  const auto item = fec.take(60ms);
  BOOST_TEST((item.kind == Kind::missing));
  BOOST_TEST(item.following.size() == 1u);
}

BOOST_DATA_TEST_CASE(random_loss_costs_what_was_lost, boost::unit_test::data::make({5u, 20u}), percent) {
  std::minstd_rand random(percent);
  talk(0, 1000, on_time);
  std::erase_if(flying, [&](auto& packet) { return packet.number > 0 && random() % 100 < percent; });
  const auto sent = flying.size();
  run(20s);
  BOOST_TEST(played.size() + skipped.size() >= sent - 5);
  BOOST_TEST(in_order());
  BOOST_TEST(std::abs(missing - static_cast<int>(1000 - sent)) < 20);
}

BOOST_AUTO_TEST_CASE(the_depth_follows_the_jitter_up_and_down) {
  std::minstd_rand random(1);
  talk(0, 1000, [&](std::uint32_t number) -> Time {
    return number < 500 ? Time(std::chrono::milliseconds(random() % 100)) : Time(50ms);
  });
  run(20s);
  BOOST_TEST(in_order());
  BOOST_TEST((longest_depth > 80ms));
  BOOST_TEST((longest_depth < 180ms));
  // It is learned within the first seconds: few of the jittered packets come too late.
  BOOST_TEST(late < 20);
  BOOST_TEST((buffer.depth() < 60ms));
}

BOOST_AUTO_TEST_CASE(a_single_spike_does_not_deepen_it) {
  talk(0, 500, [](std::uint32_t number) -> Time { return number == 200 ? 150ms : 10ms; });
  run(10s);
  BOOST_TEST(missing == 1);
  BOOST_TEST(late == 1);
  BOOST_TEST((longest_depth < 60ms));
}

BOOST_AUTO_TEST_CASE(overtaken_and_doubled_packets_are_played_in_order) {
  talk(0, 500, [](std::uint32_t number) -> Time { return number % 2 ? 10ms : 35ms; });
  talk(0, 500, [](std::uint32_t number) -> Time { return number % 2 ? 12ms : 36ms; });
  run(10s);
  BOOST_TEST(in_order());
  BOOST_TEST(played.size() > 480u);
}

BOOST_AUTO_TEST_CASE(a_stall_of_the_network_is_caught_up) {
  // 300 ms come at once.
  talk(0, 1000, [](std::uint32_t number) -> Time {
    return number >= 200 && number < 215 ? (215 - number) * 20ms + 10ms : 10ms;
  });
  run(20s);
  BOOST_TEST(in_order());
  BOOST_TEST((buffer.depth() < 60ms));
  BOOST_TEST(played.size() + skipped.size() + static_cast<std::size_t>(late) >= 995u);
  BOOST_TEST(late == 0);
}

BOOST_DATA_TEST_CASE(clocks_that_drift_are_followed, boost::unit_test::data::make({-300, 300}), ppm) {
  // An hour of drift at 300 ppm is a second: here two minutes.
  talk(0, 6000, [ppm](std::uint32_t number) -> Time {
    return 10ms + Time(20'000) * ppm / 1000 * static_cast<int>(number) + 50ms;
  });
  run(120s);
  BOOST_TEST(in_order());
  BOOST_TEST((longest_depth < 70ms));
  BOOST_TEST(missing <= 6);
  BOOST_TEST(skipped.size() <= 6u);
  BOOST_TEST(played.size() >= 5980u);
}

BOOST_DATA_TEST_CASE(any_ptime_is_played, boost::unit_test::data::make({10u, 30u, 40u, 60u, 120u}), milliseconds) {
  packet_units = milliseconds * 8;
  const std::uint32_t count = 6000 / milliseconds;
  talk(0, count, on_time);
  run(6s);
  BOOST_TEST(played.size() >= count - 6);
  BOOST_TEST(missing == 0);
  BOOST_TEST(in_order());
}

BOOST_DATA_TEST_CASE(a_jump_of_the_timestamp_costs_little,
                     boost::unit_test::data::make({0x80000000u, 0x7fffffffu, 0xfff00000u, 0x00100000u, 1u << 20}),
                     jump) {
  talk(0, 100, on_time);
  for (std::uint32_t number = 100; number < 200; ++number)
    send(number, number * 20ms + 10ms, static_cast<std::uint16_t>(60000 + number), 0xffff0000u + number * 160 + jump);
  run(4s);
  BOOST_TEST(played.size() + skipped.size() >= 190u);
  BOOST_TEST(in_order());
}

BOOST_AUTO_TEST_CASE(a_reset_of_the_sequence_costs_little) {
  talk(0, 100, on_time);
  for (std::uint32_t number = 100; number < 200; ++number)
    send(number, number * 20ms + 10ms, static_cast<std::uint16_t>(number), number * 160);
  run(4s);
  BOOST_TEST(played.size() + skipped.size() >= 190u);
}

BOOST_AUTO_TEST_CASE(a_stray_packet_is_not_played) {
  talk(0, 200, on_time);
  send(9999, 2s + 1ms, 100, 77);
  run(4s);
  BOOST_TEST((std::find(played.begin(), played.end(), 9999u) == played.end()));
  BOOST_TEST(played.size() >= 197u);
}

BOOST_AUTO_TEST_CASE(a_pause_is_silence_and_the_sound_after_it_is_whole) {
  talk(0, 50, on_time);
  talk(150, 200, on_time);
  // The sender counts packets, not time.
  for (auto& packet : flying)
    if (packet.number >= 150) packet.sequence = static_cast<std::uint16_t>(packet.sequence - 100);
  run(4s);
  BOOST_TEST(played.size() >= 97u);
  BOOST_TEST(missing <= 10);
  BOOST_TEST(silent > 80);
}

BOOST_AUTO_TEST_CASE(a_digit_between_is_no_loss) {
  talk(0, 100, on_time);
  std::erase_if(flying, [](auto& packet) { return packet.number >= 40 && packet.number < 44; });
  // The digit's packets come in the place of those, and are told before.
  JitterBuffer& line = buffer;
  const std::array<std::byte, 4> payload{};
  for (std::uint16_t number = 0; number < 40; ++number) {
    line.put(number, number * 160u, payload, number * 20ms);
    if (line.take(number * 20ms + 19ms).kind == Kind::packet) line.played(160);
  }
  for (std::uint16_t number = 40; number < 44; ++number) line.pass(number);
  int lost = 0, quiet = 0;
  for (std::uint16_t number = 40; number < 60; ++number) {
    if (number >= 44) line.put(number, number * 160u, payload, number * 20ms);
    const auto item = line.take(number * 20ms + 19ms);
    lost += item.kind == Kind::missing;
    quiet += item.kind == Kind::silence;
    if (item.kind == Kind::packet) line.played(160);
  }
  BOOST_TEST(lost == 0);
  BOOST_TEST(quiet >= 3);
}

BOOST_AUTO_TEST_CASE(a_flood_is_bounded_and_random_packets_harm_nothing) {
  std::minstd_rand random(1);
  const std::vector<std::byte> large(1500), huge(1501);
  int items = 0;
  for (int i = 0; i < 200000; ++i) {
    const auto sequence = static_cast<std::uint16_t>(random() % 7 ? i : static_cast<int>(random()));
    const auto timestamp = static_cast<std::uint32_t>(random() % 5 ? i * 160 : static_cast<int>(random() * 3));
    buffer.put(sequence, timestamp, random() % 9 ? large : huge, i * 1ms - random() % 50 * 1ms);
    if (i % 20 != 0) continue;
    const auto item = buffer.take(i * 1ms);
    if (item.kind == Kind::packet || item.kind == Kind::skipped) buffer.played(160);
    if (item.kind == Kind::missing) BOOST_REQUIRE(item.units <= 1000);
    ++items;
  }
  BOOST_TEST(items == 10000);
  BOOST_TEST((buffer.put(1, 1, {}, 0s) == JitterBuffer::Put::refused));
  BOOST_TEST((buffer.put(1, 1, huge, 0s) == JitterBuffer::Put::refused));
  // And it plays again.
  buffer.restart();
  talk(0, 300, on_time);
  run(6s);
  BOOST_TEST(played.size() > 270u);
}

BOOST_AUTO_TEST_SUITE_END()
