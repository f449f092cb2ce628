// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/loop.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

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

BOOST_AUTO_TEST_CASE(many_threads_post_at_once_and_nothing_is_lost_or_out_of_order) {
  base::Loop loop;
  constexpr int each = 1000;
  std::vector<int> last(4, -1);
  int called = 0;
  std::vector<std::jthread> others;
  for (auto& of_this : last)
    others.emplace_back([&] {
      for (int i = 0; i < each; ++i)
        loop.post([&, i] {
          BOOST_TEST(of_this == i - 1);
          of_this = i;
          if (++called == 4 * each) loop.quit(0);
        });
    });
  BOOST_TEST(loop.run() == 0);
  BOOST_TEST(called == 4 * each);
}

BOOST_AUTO_TEST_CASE(what_a_posted_call_posts_lets_timers_pass_first) {
  base::Loop loop;
  int turns = 0;
  std::function<void()> again = [&] {
    ++turns;
    loop.post(again);
  };
  loop.post(again);
  base::Timer timer(loop);
  timer.start(1ms, [&] { loop.quit(0); });
  BOOST_TEST(loop.run() == 0);
  BOOST_TEST(turns > 0);
}

BOOST_AUTO_TEST_CASE(what_was_posted_is_dropped_with_the_loop) {
  const auto kept = std::make_shared<int>(0);
  {
    base::Loop loop;
    loop.post([kept] { BOOST_ERROR("called after the end of its loop"); });
  }
  BOOST_TEST(kept.use_count() == 1);
  base::Loop next;
  next.post([&] { next.quit(0); });
  BOOST_TEST(next.run() == 0);
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
