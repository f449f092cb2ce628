// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/composing.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace data = boost::unit_test::data;
using msrp::Composing;

namespace {

// The examples of RFC 3994, 5.
const std::string active = R"(<?xml version="1.0" encoding="UTF-8"?>
    <isComposing
      xmlns="urn:ietf:params:xml:ns:im-iscomposing"
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
      xsi:schemaLocation="urn:ietf:params:xml:ns:im-composing
        iscomposing.xsd">
          <state>active</state>
          <contenttype>text/plain</contenttype>
          <refresh>90</refresh>
    </isComposing>)";
const std::string idle = R"(<?xml version="1.0" encoding="UTF-8"?>
    <c:isComposing xmlns:c="urn:ietf:params:xml:ns:im-iscomposing">
          <c:state>idle</c:state>
          <c:lastactive>2003-01-27T10:43:00Z</c:lastactive>
          <c:contenttype>audio</c:contenttype>
    </c:isComposing>)";

}  // namespace

BOOST_AUTO_TEST_SUITE(composing)

BOOST_AUTO_TEST_CASE(the_examples_of_the_rfc_are_read) {
  BOOST_TEST((msrp::composing_from_text(active) == Composing{true, "text/plain", 90, ""}));
  BOOST_TEST((msrp::composing_from_text(idle) == Composing{false, "audio", 0, "2003-01-27T10:43:00Z"}));
}

BOOST_AUTO_TEST_CASE(a_notice_is_written_and_read_the_same) {
  for (const Composing& notice :
       {Composing{true, "text/plain", 120, ""}, Composing{false, "", 0, "2026-11-23T18:45:00Z"},
        Composing{true, "a/b;x=\"<&>'", 4294967295, "</isComposing>"}})
    BOOST_TEST((msrp::composing_from_text(msrp::to_text(notice)) == notice));
  BOOST_TEST(msrp::to_text({true, "", 0, ""}).find("refresh") == std::string::npos);
}

struct Odd {
  std::string xml;
  bool read;
  bool active;
};
std::ostream& operator<<(std::ostream& out, const Odd& odd) { return out << odd.xml.substr(0, 80); }

const std::vector<Odd> odd{
    {"<isComposing><state> active\n</state></isComposing>", true, true},
    {"<isComposing><state>sleeping</state></isComposing>", true, false},
    {"<isComposing><state>active</state><new><state>idle</state></new></isComposing>", true, true},
    {"<isComposing><refresh>90</refresh></isComposing>", false, false},
    {"<isComposing><x><state>active</state></x></isComposing>", false, false},
    {"<presence><state>active</state></presence>", false, false},
    {"<isComposing><state>active</state>", false, false},
    {"<isComposing><state>active</isComposing></state>", false, false},
    {"<isComposing><state>\xff</state></isComposing>", false, false},
    {"<isComposing><state>&unknown;</state></isComposing>", false, false},
    {"<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><isComposing><state>&a;</state></isComposing>", false,
     false},
    {"active", false, false},
    {"", false, false},
    {"<isComposing><state>active</state></isComposing>" + std::string(5000, ' '), false, false},
};

BOOST_DATA_TEST_CASE(odd_notices_are_read_with_care_or_refused, data::make(odd), row) {
  const auto notice = msrp::composing_from_text(row.xml);
  BOOST_REQUIRE(notice.has_value() == row.read);
  if (notice) BOOST_TEST(notice->active == row.active);
}

BOOST_AUTO_TEST_CASE(a_refresh_that_is_no_number_is_none) {
  const auto notice =
      msrp::composing_from_text("<isComposing><state>active</state><refresh>-1</refresh></isComposing>");
  BOOST_TEST(notice.value().refresh == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
