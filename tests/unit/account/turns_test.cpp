// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/account/turns.h"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/fake_clock.h"

namespace {

struct Line {
  void ask(const std::string& server, int number) {
    held[number] = turns.ask(server, [this, number] { come.push_back(number); });
  }
  bool has_come(int number) const { return held.at(number)->has_come(); }

  FakeClock clock;
  account::Turns turns{clock, 2};
  std::map<int, std::unique_ptr<account::Turns::Turn>> held;
  std::vector<int> come;
};

using Numbers = std::vector<int>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(turns, Line)

BOOST_AUTO_TEST_CASE(only_so_many_have_their_turn_and_the_others_come_in_order) {
  for (int i = 1; i <= 5; ++i) ask("a", i);
  BOOST_TEST(has_come(1));
  BOOST_TEST(has_come(2));
  BOOST_TEST(!has_come(3));
  held.erase(1);
  BOOST_TEST(come.empty());
  clock.advance(base::Duration(0));
  BOOST_TEST(come == (Numbers{3}), boost::test_tools::per_element());
  BOOST_TEST(has_come(3));
  // Who leaves the line is passed over.
  held.erase(4);
  held.erase(2);
  held.erase(3);
  clock.advance(base::Duration(0));
  BOOST_TEST(come == (Numbers{3, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_server_has_a_line_of_its_own) {
  for (int i = 1; i <= 3; ++i) ask("a", i);
  ask("b", 4);
  BOOST_TEST(!has_come(3));
  BOOST_TEST(has_come(4));
}

BOOST_AUTO_TEST_CASE(who_asks_while_somebody_is_about_to_be_called_waits) {
  for (int i = 1; i <= 3; ++i) ask("a", i);
  held.erase(1);
  ask("a", 4);
  BOOST_TEST(!has_come(4));
  clock.advance(base::Duration(0));
  BOOST_TEST(come == (Numbers{3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_turn_may_be_given_back_by_its_own_call) {
  ask("a", 1);
  ask("a", 2);
  for (int i = 3; i <= 50; ++i)
    held[i] = turns.ask("a", [this, i] {
      come.push_back(i);
      held.erase(i);
    });
  held.erase(1);
  clock.advance(base::Duration(0));
  BOOST_TEST(come.size() == 48u);
  BOOST_TEST(std::is_sorted(come.begin(), come.end()));
}

BOOST_AUTO_TEST_SUITE_END()
