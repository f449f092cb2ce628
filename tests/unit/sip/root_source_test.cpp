// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/root_source.h"

#include <boost/test/unit_test.hpp>

#include "base/handle.h"

BOOST_AUTO_TEST_SUITE(root_source)

namespace {

using Timer = base::Handle<su_timer_t, su_timer_destroy>;

void count(sip::Agent*, su_timer_t*, su_timer_arg_t* calls) noexcept { ++*static_cast<int*>(calls); }

}  // namespace

BOOST_AUTO_TEST_CASE(the_loop_sleeps_until_a_timer_of_the_library_is_due) {
  constexpr su_duration_t delay = 20;
  const base::Handle<su_root_t, su_root_destroy> root(su_glib_root_create(nullptr));
  su_root_threading(root.get(), 0);
  const sip::RootSource source(root.get(), [] {});
  int calls = 0;
  int turns = 0;
  for (int wanted = 1; wanted <= 10; ++wanted) {
    const Timer timer(su_timer_create(su_root_task(root.get()), delay));
    su_timer_set(timer.get(), count, &calls);
    const auto start = g_get_monotonic_time();
    while (calls < wanted) {
      g_main_context_iteration(nullptr, TRUE);
      ++turns;
    }
    BOOST_CHECK_GE(g_get_monotonic_time() - start, delay * 1000 - 100 /* the clock of the wall */);
  }
  // A few for each timer: asleep, looking for messages, the last millisecond, and called.
  BOOST_CHECK_LT(turns, 100);
}

BOOST_AUTO_TEST_SUITE_END()
