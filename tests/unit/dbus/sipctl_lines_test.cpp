// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/lines.h"

#include <sys/mman.h>
#include <unistd.h>

#include <ctime>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace {

// A file that grows, read as sipctl reads its standard input.
class Input {
 public:
  Input() : file_(::memfd_create("input", MFD_CLOEXEC)), lines_(file_) { BOOST_REQUIRE(file_ >= 0); }
  ~Input() { ::close(file_); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  void write(const std::string& text) {
    BOOST_REQUIRE(::pwrite(file_, text.data(), text.size(), end_) == static_cast<ssize_t>(text.size()));
    end_ += static_cast<off_t>(text.size());
  }
  // What one reading gives.
  std::vector<std::string> read() {
    lines_.read();
    std::vector<std::string> lines;
    while (const auto line = lines_.next()) lines.push_back(*line);
    return lines;
  }
  bool ended() const { return lines_.ended(); }

 private:
  int file_;
  off_t end_ = 0;
  sipctl::Lines lines_;
};

double seconds_of_cpu() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

using Strings = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(sipctl_lines, *boost::unit_test::timeout(60))

BOOST_AUTO_TEST_CASE(lines_come_whole_however_they_are_read) {
  Input input;
  input.write("one\ntwo\r\n\nthr");
  BOOST_TEST(input.read() == (Strings{"one", "two", ""}), boost::test_tools::per_element());
  input.write("ee, ");
  BOOST_TEST(input.read().empty());
  input.write("four\nfive");
  BOOST_TEST(input.read() == Strings{"three, four"}, boost::test_tools::per_element());
  BOOST_TEST(!input.ended());
  BOOST_TEST(input.read() == Strings{"five"}, boost::test_tools::per_element());
  BOOST_TEST(input.ended());
}

BOOST_AUTO_TEST_CASE(an_input_that_ends_with_a_line_has_no_other) {
  Input input;
  input.write("one\n");
  BOOST_TEST(input.read() == Strings{"one"}, boost::test_tools::per_element());
  BOOST_TEST(input.read().empty());
  BOOST_TEST(input.ended());
}

// To look at the whole of it again with each reading makes the one that is four times as long take sixteen times as
// long.
BOOST_AUTO_TEST_CASE(a_long_line_is_searched_once) {
  const auto seconds_for = [](std::size_t size) {
    Input input;
    input.write(std::string(size, 'x') + "\n");
    const double before = seconds_of_cpu();
    Strings lines;
    while (!input.ended())
      for (std::string& line : input.read()) lines.push_back(std::move(line));
    BOOST_TEST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines.front().size() == size);
    return seconds_of_cpu() - before;
  };
  const double shorter = seconds_for(25'000'000);
  BOOST_TEST(seconds_for(100'000'000) < 8 * shorter);
}

BOOST_AUTO_TEST_SUITE_END()
