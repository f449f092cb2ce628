// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/text.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(text)

struct Row {
  std::vector<std::string> patterns;
  std::string type;
  bool accepted;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.type; }

const std::vector<Row> rows{
    {{"*"}, "image/png", true},
    {{"text/plain"}, "text/plain", true},
    {{"text/plain"}, "Text/PLAIN; charset=utf-8", true},
    {{"text/plain"}, "text/html", false},
    {{"message/cpim", "text/*"}, "text/html;x=y", true},
    {{"message/cpim", "text/*"}, "textile/x", false},
    {{"TEXT/*"}, "text/x", true},
    {{"*/*"}, "a/b", true},
    {{"text/*"}, "text", false},
    {{}, "text/plain", false},
};

BOOST_DATA_TEST_CASE(types_are_accepted_by_patterns, data::make(rows), row) {
  BOOST_TEST(msrp::accepts(row.patterns, row.type) == row.accepted);
}

BOOST_AUTO_TEST_CASE(a_content_type_is_a_type_and_parameters_on_one_line) {
  for (const char* good : {"text/plain", "text/plain;charset=utf-8", "message/imdn+xml", "x-a/b.c"})
    BOOST_TEST(msrp::is_content_type(good), good);
  for (const char* bad : {"", "text", "text/", "/plain", "text/pl ain", "text/plain\r\nX: y", "te\txt/plain", "*/"})
    BOOST_TEST(!msrp::is_content_type(bad), bad);
}

BOOST_AUTO_TEST_SUITE_END()
