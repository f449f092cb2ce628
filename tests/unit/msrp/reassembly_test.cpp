// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/reassembly.h"

#include <random>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "msrp/ranges.h"

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using msrp::Budget;
using msrp::ByteRange;
using msrp::Flag;
using msrp::Reassembly;

namespace {

constexpr std::size_t limit = 1000;
const msrp::Time start_time{};

struct Result {
  unsigned code = 200;
  std::optional<std::string> whole;
};

// One chunk, its body in two pieces.
Result give(Reassembly& reassembly, const std::string& id, std::optional<ByteRange> range, std::string_view body,
            Flag flag, msrp::Time now = start_time) {
  msrp::Headers headers;
  headers.message_id = id;
  headers.byte_range = range;
  Result result;
  result.code = reassembly.begin(headers);
  for (const auto piece : {body.substr(0, body.size() / 3), body.substr(body.size() / 3)})
    if (result.code == 200 && !piece.empty()) result.code = reassembly.add(piece);
  if (result.code != 200) return result;
  auto ended = reassembly.end(flag, now);
  return {ended.code, std::move(ended.whole)};
}

ByteRange range(std::uint64_t start, std::optional<std::uint64_t> end, std::optional<std::uint64_t> total) {
  return {start, end, total};
}

struct Fixture {
  Budget budget{.most = 5000, .of_session = 5000, .of_short = 0};
  Reassembly reassembly{limit, budget};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(reassembly, Fixture)

BOOST_AUTO_TEST_CASE(a_message_of_one_chunk_is_whole_at_once) {
  BOOST_TEST(give(reassembly, "m", range(1, 5, 5), "hello", Flag::complete).whole.value() == "hello");
  BOOST_TEST(give(reassembly, "m", {}, "no range", Flag::complete).whole.value() == "no range");
  BOOST_TEST(give(reassembly, "m", range(1, 0, 0), "", Flag::complete).whole.value().empty());
  BOOST_TEST(budget.used == 0u);
}

BOOST_AUTO_TEST_CASE(chunks_are_put_together_in_any_order) {
  BOOST_TEST(!give(reassembly, "m", range(5, 8, 8), "EFGH", Flag::complete).whole);
  BOOST_TEST(budget.used == 4u);
  BOOST_TEST(give(reassembly, "m", range(1, {}, 8), "abcd", Flag::more).whole.value() == "abcdEFGH");
  BOOST_TEST(budget.used == 0u);
  BOOST_TEST(reassembly.half_open() == 0u);
}

BOOST_AUTO_TEST_CASE(messages_that_cross_each_other_do_not_mix) {
  give(reassembly, "m", range(1, 2, 4), "ab", Flag::more);
  give(reassembly, "n", range(1, 2, 4), "AB", Flag::more);
  BOOST_TEST(give(reassembly, "m", range(3, 4, 4), "cd", Flag::complete).whole.value() == "abcd");
  BOOST_TEST(give(reassembly, "n", range(3, 4, 4), "CD", Flag::complete).whole.value() == "ABCD");
}

BOOST_AUTO_TEST_CASE(a_message_whose_total_is_unknown_ends_where_its_end_line_says) {
  give(reassembly, "m", range(1, {}, {}), "abc", Flag::more);
  give(reassembly, "m", range(4, {}, {}), "def", Flag::more);
  BOOST_TEST(give(reassembly, "m", range(7, 6, {}), "", Flag::complete).whole.value() == "abcdef");
}

BOOST_AUTO_TEST_CASE(where_chunks_overlap_the_last_that_came_counts) {
  give(reassembly, "m", range(1, {}, 8), "abcd", Flag::more);
  give(reassembly, "m", range(3, {}, 8), "XY", Flag::more);
  BOOST_TEST(give(reassembly, "m", range(4, {}, 8), "defgh", Flag::complete).whole.value() == "abXdefgh");
}

BOOST_AUTO_TEST_CASE(an_aborted_message_is_forgotten_with_what_still_comes_of_it) {
  give(reassembly, "m", range(1, {}, 8), "abcd", Flag::more);
  BOOST_TEST(!give(reassembly, "m", range(5, {}, 8), "e", Flag::aborted).whole);
  BOOST_TEST(budget.used == 0u);
  BOOST_TEST(reassembly.half_open() == 0u);
  const Result late = give(reassembly, "m", range(5, 8, 8), "efgh", Flag::complete);
  BOOST_TEST(late.code == 200u);
  BOOST_TEST(!late.whole);
  BOOST_TEST(reassembly.half_open() == 0u);
}

BOOST_AUTO_TEST_CASE(a_chunk_that_comes_again_after_its_message_is_whole_makes_no_second_message) {
  give(reassembly, "m", range(1, {}, 4), "ab", Flag::more);
  BOOST_TEST(give(reassembly, "m", range(3, 4, 4), "cd", Flag::complete).whole.has_value());
  const Result again = give(reassembly, "m", range(3, 4, 4), "cd", Flag::complete);
  BOOST_TEST(again.code == 200u);
  BOOST_TEST(!again.whole);
  // The id may be used for a new message, though it should not.
  BOOST_TEST(give(reassembly, "m", range(1, 3, 3), "new", Flag::complete).whole.value() == "new");
}

// The model: an array of bytes, of which the last that came counts.
BOOST_AUTO_TEST_CASE(random_chunks_give_what_a_plain_array_gives) {
  std::minstd_rand random(3);
  unsigned completed = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::size_t size = 1 + random() % 40;
    std::string expected(size, '\0');
    std::vector<bool> covered(size);
    bool ended = false;
    const std::string id = std::to_string(round);
    for (int chunks = 0; chunks < 60; ++chunks) {
      const std::size_t begin = random() % size, end = begin + 1 + random() % (size - begin);
      std::string body;
      for (std::size_t i = begin; i < end; ++i) body += static_cast<char>('a' + random() % 26);
      std::copy(body.begin(), body.end(), expected.begin() + static_cast<std::ptrdiff_t>(begin));
      std::fill(covered.begin() + static_cast<std::ptrdiff_t>(begin),
                covered.begin() + static_cast<std::ptrdiff_t>(end), true);
      const bool last = end == size && random() % 2 == 0;
      ended = ended || last;
      const bool complete = ended && std::count(covered.begin(), covered.end(), false) == 0;
      const auto total = random() % 2 == 0 ? std::optional<std::uint64_t>(size) : std::nullopt;
      const auto told_end = random() % 2 == 0 ? std::optional<std::uint64_t>(end) : std::nullopt;
      const Result result =
          give(reassembly, id, range(begin + 1, told_end, total), body, last ? Flag::complete : Flag::more);
      BOOST_REQUIRE(result.code == 200u);
      BOOST_REQUIRE(result.whole.has_value() == complete);
      if (!complete) continue;
      BOOST_REQUIRE(*result.whole == expected);
      ++completed;
      break;
    }
    reassembly.clear();
    BOOST_REQUIRE(budget.used == 0u);
  }
  BOOST_TEST(completed > 1000u);
}

// Every combination of odd numbers: a code, or exactly what was sent; never more memory than the limit.
BOOST_AUTO_TEST_CASE(no_lie_of_a_byte_range_is_believed) {
  const std::vector<std::uint64_t> numbers{0, 1, 2, 5, 6, limit, limit + 1, msrp::largest_position};
  std::vector<std::optional<std::uint64_t>> maybe{std::nullopt};
  maybe.insert(maybe.end(), numbers.begin(), numbers.end());
  unsigned cases = 0;
  for (const auto start : numbers)
    for (const auto& end : maybe)
      for (const auto& total : maybe)
        for (const std::string& body : {std::string(), std::string("hello"), std::string(limit + 1, 'x')})
          for (const Flag flag : {Flag::complete, Flag::more, Flag::aborted}) {
            const Result result = give(reassembly, "m" + std::to_string(++cases), range(start, end, total), body, flag);
            BOOST_REQUIRE((result.code == 200 || result.code == 400 || result.code == 413));
            if (result.whole) BOOST_REQUIRE(*result.whole == body);
            if (body.size() > limit) BOOST_REQUIRE(result.code != 200);
            if (start == 0) BOOST_REQUIRE(result.code == 400);
            if (total && *total > limit && start > 0) BOOST_REQUIRE(result.code != 200);
            BOOST_REQUIRE(budget.used <= 5000u);
            BOOST_REQUIRE(reassembly.half_open() <= Reassembly::most_half_open);
          }
  reassembly.clear();
  BOOST_TEST(budget.used == 0u);
}

struct Lie {
  ByteRange first, second;
  unsigned code;  // for the second chunk
};
std::ostream& operator<<(std::ostream& out, const Lie& lie) {
  return out << lie.first.to_text() << " " << lie.second.to_text();
}

const std::vector<Lie> lies{
    {range(1, 4, 8), range(5, 8, 9), 400},    // a total that grows
    {range(1, 4, 8), range(5, 8, 7), 400},    // one that shrinks
    {range(1, 4, {}), range(5, 8, 6), 400},   // one that is too small for what comes
    {range(1, 4, 8), range(5, 6, 8), 400},    // an end that is too early
    {range(1, 4, 8), range(5, 3, 8), 400},    // an end before the start
    {range(1, 4, 8), range(10, {}, 8), 400},  // a start behind the end
    {range(1, 4, {}), range(5, {}, limit + 1), 413},
    {range(1, 4, {}), range(limit, {}, {}), 413},
    {range(1, 4, {}), range(limit + 2, {}, {}), 413},
};

BOOST_DATA_TEST_CASE(a_lie_ends_its_message, data::make(lies), lie) {
  BOOST_TEST(give(reassembly, "m", lie.first, "abcd", Flag::more).code == 200u);
  BOOST_TEST(give(reassembly, "m", lie.second, "efgh", Flag::complete).code == lie.code);
  BOOST_TEST(reassembly.half_open() == 0u);
  BOOST_TEST(budget.used == 0u);
  // What still comes of it is refused alike.
  BOOST_TEST(give(reassembly, "m", range(5, 8, 8), "efgh", Flag::complete).code == lie.code);
  // Another message is not touched.
  BOOST_TEST(give(reassembly, "n", range(1, 2, 2), "ok", Flag::complete).whole.value() == "ok");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_wrong_are_forgiven_to_a_message_of_one_chunk) {
  // Less than said, as in an example of RFC 4975 (12.1), and more: some peers count characters.
  BOOST_TEST(give(reassembly, "m", range(1, 16, 16), "Hi, I'm Alice!", Flag::complete).whole.value() ==
             "Hi, I'm Alice!");
  BOOST_TEST(give(reassembly, "m", range(1, 4, 4), "caf\u00e9", Flag::complete).whole.value() == "caf\u00e9");
  BOOST_TEST(give(reassembly, "m", range(1, 4, 4), "caf\u00e9", Flag::more).code == 400u);
}

BOOST_AUTO_TEST_CASE(bytes_behind_the_end_end_the_message) {
  give(reassembly, "m", range(5, {}, {}), "efgh", Flag::more);
  BOOST_TEST(give(reassembly, "m", range(1, {}, {}), "ab", Flag::complete).code == 400u);
  BOOST_TEST(budget.used == 0u);
}

BOOST_AUTO_TEST_CASE(half_open_messages_are_bounded_and_whole_ones_still_come) {
  unsigned refused = 0;
  for (int i = 0; i < 1000; ++i)
    refused += give(reassembly, std::to_string(i), range(1, {}, {}), "x", Flag::more).code == 413;
  BOOST_TEST(reassembly.half_open() == Reassembly::most_half_open);
  BOOST_TEST(refused == 1000 - Reassembly::most_half_open);
  BOOST_TEST(give(reassembly, "m", range(1, 2, 2), "ok", Flag::complete).whole.value() == "ok");
}

BOOST_AUTO_TEST_CASE(memory_of_all_sessions_is_bounded) {
  Reassembly other(limit, budget);
  const std::string body(900, 'x');
  unsigned taken = 0;
  for (int i = 0; i < 10; ++i) {
    taken += give(reassembly, std::to_string(i), range(1, {}, {}), body, Flag::more).code == 200;
    taken += give(other, std::to_string(i), range(2, {}, {}), body, Flag::more).code == 200;
  }
  BOOST_TEST(taken == 5u);
  BOOST_TEST(budget.used == 4500u);
  other.clear();
  reassembly.clear();
  BOOST_TEST(budget.used == 0u);
}

BOOST_AUTO_TEST_CASE(one_session_does_not_take_the_memory_of_all) {
  budget.of_session = 500;
  unsigned taken = 0;
  for (int i = 0; i < 10; ++i)
    taken += give(reassembly, std::to_string(i), range(1, {}, {}), std::string(400, 'x'), Flag::more).code == 200;
  BOOST_TEST(taken == 3u);
  BOOST_TEST(budget.used == 1200u);
  Reassembly other(limit, budget);
  BOOST_TEST(give(other, "m", range(1, 900, 900), std::string(900, 'x'), Flag::complete).whole.has_value());
  // What is given up makes room.
  give(reassembly, "0", range(401, 400, {}), "", Flag::aborted);
  BOOST_TEST(give(reassembly, "m", range(1, {}, {}), std::string(400, 'x'), Flag::more).code == 200u);
  reassembly.clear();
  BOOST_TEST(give(reassembly, "m", range(1, 900, 900), std::string(900, 'x'), Flag::complete).whole.has_value());
}

BOOST_AUTO_TEST_CASE(short_messages_are_taken_when_others_have_used_up_the_memory) {
  budget.of_short = 100;
  budget.used = budget.most;
  BOOST_TEST(give(reassembly, "m", range(1, 100, 100), std::string(100, 'x'), Flag::complete).whole.has_value());
  BOOST_TEST(give(reassembly, "m", range(1, 101, 101), std::string(101, 'x'), Flag::complete).code == 413u);
  for (int i = 0; i < 1000; ++i)
    give(reassembly, std::to_string(i), range(1, {}, {}), std::string(90, 'x'), Flag::more);
  BOOST_TEST(budget.used == budget.most + 90 * Reassembly::most_half_open);
}

BOOST_AUTO_TEST_CASE(pieces_behind_a_gap_are_bounded) {
  unsigned code = 200;
  std::size_t count = 0;
  for (std::uint64_t at = 2; code == 200 && at < limit; at += 2, ++count)
    code = give(reassembly, "m", range(at, at, {}), "x", Flag::more).code;
  BOOST_TEST(code == 413u);
  BOOST_TEST(count == Reassembly::most_later + 1);
  BOOST_TEST(budget.used == 0u);
}

BOOST_AUTO_TEST_CASE(a_message_that_does_not_go_on_is_forgotten_in_time) {
  BOOST_TEST(!reassembly.deadline().has_value());
  give(reassembly, "m", range(1, {}, {}), "x", Flag::more, start_time);
  give(reassembly, "n", range(1, {}, {}), "x", Flag::more, start_time + 60s);
  BOOST_TEST((reassembly.deadline() == start_time + Reassembly::patience));
  reassembly.expire(start_time + Reassembly::patience - 1ms);
  BOOST_TEST(reassembly.half_open() == 2u);
  reassembly.expire(*reassembly.deadline());
  BOOST_TEST(reassembly.half_open() == 1u);
  reassembly.expire(*reassembly.deadline());
  BOOST_TEST(budget.used == 0u);
}

BOOST_AUTO_TEST_CASE(ranges_cover_what_was_added) {
  msrp::Ranges ranges;
  BOOST_TEST(ranges.cover(0));
  BOOST_TEST(!ranges.cover(1));
  ranges.add(5, 8);
  ranges.add(0, 3);
  BOOST_TEST(!ranges.cover(8));
  ranges.add(4, 5);
  ranges.add(2, 4);
  ranges.add(3, 3);
  BOOST_TEST(ranges.cover(8));
  BOOST_TEST(!ranges.cover(9));
  ranges.add(0, 100);
  BOOST_TEST(ranges.cover(100));
  // Too many spans are not kept.
  msrp::Ranges many;
  for (std::uint64_t i = 0; i < 10000; i += 2) many.add(i, i + 1);
  many.add(1, 10000);
  BOOST_TEST(many.cover(10000));
}

BOOST_AUTO_TEST_SUITE_END()
