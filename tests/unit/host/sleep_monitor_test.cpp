// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/host/sleep_monitor.h"

#include <cstdlib>

#include <boost/test/unit_test.hpp>

#include "base/log.h"
#include "tests/support/logind.h"

using namespace std::chrono_literals;
using test::Logind;

namespace {

// GIO looks once in a process where the bus of the system is.
const test::PrivateBus& system_bus() {
  static const test::PrivateBus bus;
  static const int done = setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address().c_str(), 1);
  static_cast<void>(done);
  return bus;
}

struct Machine {
  Machine() { base::log::set_level(base::log::Level::error); }

  // Runs the loop until it is so, looking again and again.
  bool until(const std::function<bool()>& true_now, base::Duration limit = 10s) {
    bool result = false;
    base::Timer look(loop);
    const auto end = std::chrono::steady_clock::now() + limit;
    const std::function<void()> again = [&] {
      result = true_now();
      if (result || std::chrono::steady_clock::now() > end) return loop.quit(0);
      look.start(5ms, again);
    };
    look.start(0ms, again);
    loop.run();
    return result;
  }
  bool inhibited(const Logind& logind, std::size_t times) {
    return until([&] { return logind.inhibited().size() == times; });
  }

  base::Loop loop;
  const test::PrivateBus& bus = system_bus();
  unsigned slept = 0;
  unsigned woken = 0;
  std::function<void()> ready;
  host::SleepMonitor monitor{loop,
                             [this](std::function<void()> is_ready) {
                               ++slept;
                               ready = std::move(is_ready);
                             },
                             [this] { ++woken; }};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sleep_monitor, Machine)

BOOST_AUTO_TEST_CASE(sleep_waits_until_we_are_ready_and_is_held_off_anew_after_it) {
  Logind logind(bus);
  BOOST_TEST(inhibited(logind, 1));
  BOOST_TEST(logind.inhibited().front() == "sleep delay");
  BOOST_TEST(!logind.released(0ms));
  logind.prepare_for_sleep(true);
  BOOST_TEST(until([&] { return slept == 1; }));
  BOOST_TEST(!logind.released(0ms));
  ready();
  BOOST_TEST(logind.released(5s));
  logind.prepare_for_sleep(false);
  BOOST_TEST(inhibited(logind, 2));
  BOOST_TEST(woken == 1u);
  BOOST_TEST(!logind.released(0ms));
}

BOOST_AUTO_TEST_CASE(sleep_comes_after_three_seconds_though_nobody_is_ready) {
  Logind logind(bus);
  BOOST_TEST(inhibited(logind, 1));
  logind.prepare_for_sleep(true);
  BOOST_TEST(until([&] { return slept == 1; }));
  BOOST_TEST(until([&] { return logind.released(0ms); }));
  logind.prepare_for_sleep(false);
  BOOST_TEST(inhibited(logind, 2));
  ready();  // too late: it was for the sleep before
  BOOST_TEST(!logind.released(0ms));
}

BOOST_AUTO_TEST_CASE(a_logind_that_comes_later_or_comes_back_is_used) {
  for (unsigned round = 1; round <= 2; ++round) {
    Logind logind(bus);
    BOOST_TEST(inhibited(logind, 1));
    logind.prepare_for_sleep(true);
    BOOST_TEST(until([&] { return slept == round; }));
    ready();
    logind.prepare_for_sleep(true);  // said twice, told once
    logind.prepare_for_sleep(false);
    BOOST_TEST(until([&] { return woken == round; }));
    BOOST_TEST(slept == round);
  }
}

BOOST_AUTO_TEST_SUITE_END()
