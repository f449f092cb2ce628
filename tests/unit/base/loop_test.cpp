// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/loop.h"

#include <thread>

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(loop)

BOOST_AUTO_TEST_CASE(calls_posted_from_another_thread_run_in_order_on_the_loops_thread) {
  base::Loop loop;
  std::vector<int> order;
  const auto here = std::this_thread::get_id();
  std::jthread other([&] {
    for (int i = 0; i < 100; ++i)
      loop.post([&, i] {
        BOOST_TEST((std::this_thread::get_id() == here));
        order.push_back(i);
      });
    loop.post([&] { loop.quit(7); });
  });
  BOOST_TEST(loop.run() == 7);
  BOOST_TEST(order.size() == 100u);
  BOOST_TEST(std::is_sorted(order.begin(), order.end()));
}

BOOST_AUTO_TEST_CASE(a_stopped_or_destroyed_timer_never_calls) {
  base::Loop loop;
  bool called = false;
  base::Timer stopped(loop);
  stopped.start(1ms, [&] { called = true; });
  stopped.stop();
  {
    base::Timer destroyed(loop);
    destroyed.start(1ms, [&] { called = true; });
  }
  base::Timer last(loop);
  last.start(20ms, [&] { loop.quit(0); });
  BOOST_TEST(last.running());
  loop.run();
  BOOST_TEST(!last.running());
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_CASE(a_timer_may_be_destroyed_by_its_own_call) {
  base::Loop loop;
  auto timer = std::make_unique<base::Timer>(loop);
  timer->start(1ms, [&] {
    timer.reset();
    loop.quit(0);
  });
  loop.run();
  BOOST_TEST(!timer);
}

BOOST_AUTO_TEST_SUITE_END()
