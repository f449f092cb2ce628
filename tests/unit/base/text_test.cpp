// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.h"

#include <cstdint>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_become_replacement_characters) {
  BOOST_TEST(base::to_utf8("a\xff\x62") == "a\xef\xbf\xbd\x62");
  BOOST_TEST(base::to_utf8(std::string_view("a\0b", 3)) == "a\xef\xbf\xbd\x62");
  BOOST_TEST(base::to_utf8("") == "");
}

BOOST_AUTO_TEST_CASE(noncharacters_do_not_pass) {
  for (const char* bad :
       {"\xef\xb7\x90", "\xef\xb7\xaf", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xf0\x9f\xbf\xbe", "\xf4\x8f\xbf\xbf"}) {
    const std::string text = std::string("a") + bad + "b" + bad;
    BOOST_TEST(!base::is_valid_utf8(text));
    BOOST_TEST(base::to_utf8(text) == "a\xef\xbf\xbd\x62\xef\xbf\xbd");
  }
  for (const char* good :
       {"", "a", "\xef\xb7\x8f", "\xef\xb7\xb0", "\xef\xbf\xbd", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbd"}) {
    BOOST_TEST(base::is_valid_utf8(good));
    BOOST_TEST(base::to_utf8(good) == good);
  }
  BOOST_TEST(!base::is_valid_utf8(std::string_view("a\0b", 3)));
}

BOOST_AUTO_TEST_CASE(control_and_bidirectional_characters_leave_a_display_text) {
  BOOST_TEST(base::to_display("Al\r\nice\x7f") == "Alice");
  BOOST_TEST(base::to_display("\xe2\x80\xae"
                              "evil") == "evil");
  BOOST_TEST(base::to_display(std::string(5000, 'x')).size() == 4096u);
}

BOOST_AUTO_TEST_CASE(a_beginning_has_whole_characters) {
  BOOST_TEST(base::beginning("H\xc3\xbclle", 9) == "H\xc3\xbclle");
  BOOST_TEST(base::beginning("H\xc3\xbclle", 3) == "H\xc3\xbc");
  BOOST_TEST(base::beginning("H\xc3\xbclle", 2) == "H");
  BOOST_TEST(base::beginning("\xf0\x9f\x98\x80", 3) == "");
  BOOST_TEST(base::beginning("\xbf\xbf\xbf", 2) == "");
}

BOOST_AUTO_TEST_CASE(a_log_line_stays_one_line) { BOOST_TEST(base::one_line("a\nb\rc") == "a b c"); }

BOOST_AUTO_TEST_CASE(json_hides_no_control_character) {
  BOOST_TEST(base::to_json("a\"b\\c\n\x1b\x7f") == "\"a\\\"b\\\\c\\u000a\\u001b\\u007f\"");
  BOOST_TEST(base::to_json("\xc2\x80\xc2\x9b\xc2\xa0\xc3\x80\xc2") == "\"\\u0080\\u009b\xc2\xa0\xc3\x80\xc2\"");
  BOOST_TEST(base::to_json("") == "\"\"");
}

// Long texts are looked through in blocks.
BOOST_AUTO_TEST_CASE(what_is_odd_in_a_text_is_found_wherever_it_is) {
  const std::pair<std::string, std::string> odd[] = {
      {"\"", "\\\""}, {"\n", "\\u000a"}, {"\x7f", "\\u007f"}, {"\xc2\x80", "\\u0080"}, {"\xc2\xa0", "\xc2\xa0"}};
  for (std::size_t at = 0; at <= 100; ++at) {
    const std::string before(at, 'x'), after(100 - at, 'y');
    for (const auto& [text, json] : odd) {
      BOOST_TEST(base::to_json(before + text + after) == "\"" + before + json + after + "\"");
      BOOST_TEST(base::to_json(before + text + text) == "\"" + before + json + json + "\"");
    }
    BOOST_TEST(base::is_valid_utf8(before + "\xef\xbf\xbd" + after));
    BOOST_TEST(!base::is_valid_utf8(before + "\xef\xbf\xbe" + after));
    BOOST_TEST(!base::is_valid_utf8(before + "\xef\xbf\xbd\xf0\x9f\xbf\xbf" + after));
  }
}

BOOST_AUTO_TEST_CASE(bytes_become_base64) {
  BOOST_TEST(base::to_base64("") == "");
  BOOST_TEST(base::to_base64(std::string_view("\0\xff", 2)) == "AP8=");
}

BOOST_AUTO_TEST_CASE(numbers_are_whole_and_in_range) {
  BOOST_TEST(base::to_number<std::uint16_t>("65535").value() == 65535);
  for (const char* text : {"", "65536", "-1", "+1", " 1", "1 ", "0x1", "99999999999999999999"})
    BOOST_TEST(!base::to_number<std::uint16_t>(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(case_and_blanks) {
  BOOST_TEST(base::equals_ignoring_case("PCMU", "pcmu"));
  BOOST_TEST(!base::equals_ignoring_case("PCMU", "PCM"));
  BOOST_TEST(base::trim(" \t a b\r\n") == "a b");
  BOOST_TEST(base::trim("  ") == "");
}

BOOST_AUTO_TEST_SUITE_END()
