// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/machine.h"

#include <map>
#include <set>
#include <string>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace data = boost::unit_test::data;
using namespace session;

namespace {

// What the API says, and nothing else: from, step, to.
const std::map<std::pair<std::string, std::string>, std::string> law{
    {{"NULL", "connect"}, "CALLING"},          {{"NULL", "invite"}, "INCOMING"},
    {{"CALLING", "confirm"}, "ESTABLISHED"},   {{"CALLING", "end"}, "TERMINATING"},
    {{"CALLING", "finish"}, "TERMINATED"},     {{"INCOMING", "accept"}, "ACCEPTING"},
    {{"INCOMING", "reject"}, "TERMINATING"},   {{"INCOMING", "end"}, "TERMINATING"},
    {{"INCOMING", "finish"}, "TERMINATED"},    {{"ACCEPTING", "confirm"}, "ESTABLISHED"},
    {{"ACCEPTING", "end"}, "TERMINATING"},     {{"ACCEPTING", "finish"}, "TERMINATED"},
    {{"ESTABLISHED", "propose"}, "PROPOSING"}, {{"ESTABLISHED", "receive_proposal"}, "PROPOSED"},
    {{"ESTABLISHED", "end"}, "TERMINATING"},   {{"ESTABLISHED", "finish"}, "TERMINATED"},
    {{"PROPOSING", "settle"}, "ESTABLISHED"},  {{"PROPOSING", "receive_proposal"}, "PROPOSED"},
    {{"PROPOSING", "end"}, "TERMINATING"},     {{"PROPOSING", "finish"}, "TERMINATED"},
    {{"PROPOSED", "settle"}, "ESTABLISHED"},   {{"PROPOSED", "end"}, "TERMINATING"},
    {{"PROPOSED", "finish"}, "TERMINATED"},    {{"TERMINATING", "finish"}, "TERMINATED"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(machine)

BOOST_DATA_TEST_CASE(a_step_leads_where_the_api_says_or_nowhere, data::xrange(state_count) * data::xrange(step_count),
                     state, step) {
  const auto from = static_cast<State>(state);
  const auto by = static_cast<Step>(step);
  const auto wanted = law.find({std::string(to_text(from)), std::string(to_text(by))});
  const auto to = after(from, by);
  BOOST_TEST((to ? to_text(*to) : "") == (wanted == law.end() ? "" : wanted->second));
}

BOOST_AUTO_TEST_CASE(every_state_and_step_has_its_own_name_and_every_state_can_be_reached) {
  std::set<std::string_view> names;
  std::set<State> reached{State::null};
  for (std::size_t i = 0; i < state_count; ++i) names.insert(to_text(static_cast<State>(i)));
  for (std::size_t i = 0; i < step_count; ++i) names.insert(to_text(static_cast<Step>(i)));
  for (const Row& row : rows) reached.insert(row.to);
  BOOST_TEST(names.size() == state_count + step_count);
  BOOST_TEST(reached.size() == state_count);
  BOOST_TEST(rows.size() == law.size());
}

BOOST_AUTO_TEST_SUITE_END()
