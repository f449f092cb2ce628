// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/cpim.h"

#include <boost/test/data/test_case.hpp>

#include "base/error.h"
#include "msrp/escapes.h"
#include "tests/unit/msrp/reading.h"

namespace data = boost::unit_test::data;
using namespace std::chrono;
using namespace std::string_literals;
using msrp::Address;
using msrp::Cpim;

namespace {

Cpim read_file(const std::string& name) {
  const auto message = msrp::cpim_from_text(data_file(name, "CPIM_DATA"));
  BOOST_REQUIRE(message.has_value());
  return *message;
}

Cpim simple() {
  Cpim message;
  message.from = Address{"Alice", "sip:alice@example.com"};
  message.to = {Address{"", "sip:bob@example.com"}};
  message.content_type = "text/plain";
  message.content = "hello";
  return message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cpim)

BOOST_AUTO_TEST_CASE(the_example_of_rfc_3862_is_read) {
  const Cpim message = read_file("rfc3862");
  BOOST_TEST((message.from == Address{"MR SANDERS", "im:piglet@100akerwood.com"}));
  BOOST_TEST((message.to == std::vector{Address{"Depressed Donkey", "im:eeyore@100akerwood.com"}}));
  BOOST_TEST((message.date_time->time == sys_days(year(2000) / 12 / 13) + 21h + 40min));
  BOOST_TEST(message.date_time->zone == -480);
  BOOST_TEST((message.subjects == std::vector<msrp::Subject>{{"the weather will be fine today", ""},
                                                             {"beau temps prevu pour aujourd'hui", "fr"}}));
  BOOST_TEST((message.namespaces == std::vector{Address{"MyFeatures", "mid:MessageFeatures@id.foo.com"}}));
  BOOST_TEST((message.require == std::vector{"MyFeatures.VitalMessageOption"s}));
  BOOST_TEST(
      (message.others == std::vector<msrp::Field>{{"MyFeatures.VitalMessageOption", "Confirmation-requested", ""},
                                                  {"MyFeatures.WackyMessageOption", "Use-silly-font", ""}}));
  BOOST_TEST(message.content_type == "text/xml; charset=utf-8");
  BOOST_TEST((message.mime == std::vector<msrp::Header>{{"Content-ID", "<1234567890@foo.com>"}}));
  BOOST_TEST(message.content == "<body>\r\nHere is the text of my message.\r\n</body>\r\n");
  BOOST_TEST(message.headers().size() == 11u);
}

BOOST_AUTO_TEST_CASE(the_example_of_rfc_4975_is_read_though_it_lacks_an_empty_line) {
  const Cpim message = read_file("rfc4975");
  BOOST_TEST((message.from == Address{"Alice", "sip:alice@example.com"}));
  BOOST_TEST(message.content_type == "text/plain");
  BOOST_TEST(message.content == "ABCD1234567890");
}

BOOST_AUTO_TEST_CASE(escapes_and_names_that_are_not_ascii_are_read) {
  const Cpim message = read_file("escapes");
  BOOST_TEST(message.from->name == "Al\"ice\\ \u00e9\U0001f600\ufffd\ufffd");
  BOOST_TEST(message.to[0].name == "Ren\u00e9");
  BOOST_TEST((message.cc == std::vector<Address>{{"", "sip:a@example.com"}, {"", "sip:b@example.com"}}));
  // What looks like a further header stays within the subject.
  BOOST_TEST(message.subjects[0].text == "one\r\nFrom: <sip:evil@example.com>");
  BOOST_TEST(message.subjects[1].text == "Gr\u00fc\u00dfe \\q \\u12");
  BOOST_TEST(message.subjects[1].language == "de");
  BOOST_TEST(
      (message.others == std::vector<msrp::Field>{{"imdn.Message-ID", "34jk324j", ""},
                                                  {"imdn.Disposition-Notification", "positive-delivery, display", ";p"},
                                                  {"DateTime", "yesterday", ""}}));
  BOOST_TEST(message.date_time->to_text() == "2026-11-23T18:45:00.123456+05:30");
  BOOST_TEST(message.content_type == "text/plain; charset=utf-8");
  BOOST_TEST(message.content == "x");
}

BOOST_AUTO_TEST_CASE(lines_with_lf_alone_and_another_charset_are_read) {
  BOOST_TEST(read_file("newlines").content == "\xff\0x"s);
  const Cpim latin = read_file("latin1");
  BOOST_TEST(latin.from->name == "Ren\ufffd");
  BOOST_TEST(latin.content == "Ren\xe9");
  BOOST_TEST(read_file("nested").content_type == "message/cpim");
}

BOOST_DATA_TEST_CASE(what_was_read_is_written_and_read_the_same,
                     data::make({"rfc3862", "rfc4975", "escapes", "newlines", "latin1", "nested"}), name) {
  const Cpim message = read_file(name);
  BOOST_TEST((msrp::cpim_from_text(msrp::to_text(message)) == message));
}

BOOST_AUTO_TEST_CASE(a_message_is_written_as_the_rfc_has_it) {
  Cpim message = simple();
  message.date_time = msrp::DateTime{sys_days(year(2026) / 11 / 23) + 18h, 0};
  message.subjects = {{"caf\u00e9", "fr"}};
  BOOST_TEST(msrp::to_text(message) ==
             crlf("From: \"Alice\" <sip:alice@example.com>\nTo: <sip:bob@example.com>\nDateTime: 2026-11-23T18:00:00Z\n"
                  "Subject:;lang=fr caf\u00e9\n\nContent-Type: text/plain\n\nhello"));
}

const std::vector<std::string> texts{"plain",
                                     "\r\nTo: <sip:evil@x>",
                                     "a\"b\\c'd",
                                     "\0\x01\x7f\x1b[2J"s,
                                     "\u202eevil",
                                     " spaced ",
                                     "\\u0041",
                                     "\xff\xfe",
                                     "\xed\xa0\x80",
                                     "\t",
                                     "",
                                     ";lang=xx",
                                     "<sip:x@y>"};

BOOST_DATA_TEST_CASE(no_text_leaves_its_header, data::make(texts), text) {
  Cpim message = simple();
  message.from->name = message.to[0].name = text;
  message.subjects = {{text, ""}};
  message.require = {text};
  message.others = {{"X", text, ""}};
  const std::string written = msrp::to_text(message);
  BOOST_TEST(std::count(written.begin(), written.end(), '\n') == 8);
  BOOST_TEST(written.find('\0') == written.npos);
  const auto read = msrp::cpim_from_text(written);
  BOOST_REQUIRE(read.has_value());
  // But for what is no UTF-8, all texts come back as they were.
  const bool whole = text.find_first_of("\xff\xed\0"s) == text.npos;
  if (whole) BOOST_TEST((*read == message));
  BOOST_TEST(read->to.size() == 1u);
  BOOST_TEST(read->to[0].uri == "sip:bob@example.com");
}

struct Break {
  std::string what;
  std::function<void(Cpim&)> change;
};
std::ostream& operator<<(std::ostream& out, const Break& row) { return out << row.what; }

const std::vector<Break> breaks{
    {"CRLF in a URI", [](Cpim& m) { m.to[0].uri = "sip:a@b>\r\nX: y"; }},
    {"a bracket in a URI", [](Cpim& m) { m.from->uri = "sip:a@b>, <sip:c@d"; }},
    {"a space in a URI",
     [](Cpim& m) {
       m.cc = {{"", "sip:a b"}};
     }},
    {"no URI", [](Cpim& m) { m.from->uri = ""; }},
    {"a long URI", [](Cpim& m) { m.from->uri = "sip:" + std::string(1000, 'a'); }},
    {"CRLF in the content type", [](Cpim& m) { m.content_type = "text/plain\r\nX: y"; }},
    {"no content type", [](Cpim& m) { m.content_type = ""; }},
    {"a name that is no token",
     [](Cpim& m) {
       m.others = {{"X: y\r\nZ", "v", ""}};
     }},
    {"parameters that are none",
     [](Cpim& m) {
       m.others = {{"X", "v", ";a=\"\r\nZ"}};
     }},
    {"parameters with a value behind",
     [](Cpim& m) {
       m.others = {{"X", "v", ";a=b evil"}};
     }},
    {"a language that is none",
     [](Cpim& m) {
       m.subjects = {{"t", "fr evil"}};
     }},
    {"CRLF in a MIME header",
     [](Cpim& m) {
       m.mime = {{"Content-ID", "x\r\n\r\nevil"}};
     }},
    {"a second content type",
     [](Cpim& m) {
       m.mime = {{"content-type", "text/html"}};
     }},
};

BOOST_DATA_TEST_CASE(what_cannot_be_escaped_is_refused, data::make(breaks), row) {
  Cpim message = simple();
  row.change(message);
  BOOST_CHECK_EXCEPTION(msrp::to_text(message), base::Error,
                        [](const base::Error& error) { return error.code() == base::Errc::invalid_argument; });
}

std::string many_headers(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "X: y\n";
  return text;
}

const std::vector<std::string> bad{
    "",
    "\n",
    "hello",
    "From: <sip:a@b>\n",
    "From: <sip:a@b>\n\nContent-Type: text/plain\n",
    "From: <sip:a@b>\n\nhello\n\n",
    "From: <sip:a@b>\nFrom: <sip:c@d>\n\nContent-Type: text/plain\n\n",
    "From: Alice\n\nContent-Type: text/plain\n\n",
    "From: \"Alice <sip:a@b>\n\nContent-Type: text/plain\n\n",
    "From: <sip:a@b\n\nContent-Type: text/plain\n\n",
    "From: <>\n\nContent-Type: text/plain\n\n",
    "From: <sip:a@b> evil\n\nContent-Type: text/plain\n\n",
    "From: <sip:a b>\n\nContent-Type: text/plain\n\n",
    "From <sip:a@b>\n\nContent-Type: text/plain\n\n",
    " From: <sip:a@b>\n\nContent-Type: text/plain\n\n",
    "Fr om: <sip:a@b>\n\nContent-Type: text/plain\n\n",
    "X: a\rb\n\nContent-Type: text/plain\n\n",
    "X: a\0b\n\nContent-Type: text/plain\n\n"s,
    "X:;=a b\n\nContent-Type: text/plain\n\n",
    "X:;a=\"b\n\nContent-Type: text/plain\n\n",
    "\nContent-Type: text\n\n",
    "\nContent-Type: text/plain\nContent-Type: text/html\n\n",
    "\n continued\n\n",
    many_headers(65) + "\nContent-Type: text/plain\n\n",
    many_headers(1000) + "\nContent-Type: text/plain\n\n",
    "X: " + std::string(msrp::longest_cpim_head, 'x') + "\n\nContent-Type: text/plain\n\n",
};

BOOST_DATA_TEST_CASE(what_is_no_such_wrapper_is_refused, data::make(bad), text) {
  BOOST_TEST(!msrp::cpim_from_text(crlf(text)).has_value());
}

BOOST_AUTO_TEST_CASE(a_wrapper_needs_no_headers_at_all) {
  const auto message = msrp::cpim_from_text("\r\n\r\nhello");
  BOOST_REQUIRE(message.has_value());
  BOOST_TEST(message->content_type == "text/plain");
  BOOST_TEST(message->content == "hello");
}

struct Time {
  std::string text;
  std::string canonical;  // empty: refused
};
std::ostream& operator<<(std::ostream& out, const Time& time) { return out << time.text; }

const std::vector<Time> times{
    {"2026-11-23T18:45:00Z", "2026-11-23T18:45:00Z"},
    {"2026-11-23t18:45:00z", "2026-11-23T18:45:00Z"},
    {"2026-11-23T18:45:00", "2026-11-23T18:45:00Z"},
    {"2026-11-23 18:45:00+0000", "2026-11-23T18:45:00Z"},
    {"2026-11-23T18:45:00.5+01:00", "2026-11-23T18:45:00.500000+01:00"},
    {"2026-11-23T18:45:00.123456789-11:30", "2026-11-23T18:45:00.123456-11:30"},
    {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
    {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"},
    {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
    {"0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00+23:59"},
    {"9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59-23:59"},
    {"2025-02-29T00:00:00Z", ""},
    {"2026-13-01T00:00:00Z", ""},
    {"2026-11-23T24:00:00Z", ""},
    {"2026-11-23T18:60:00Z", ""},
    {"2026-11-23T18:45:00.Z", ""},
    {"2026-11-23T18:45:00+24:00", ""},
    {"2026-11-23T18:45:00+1", ""},
    {"2026-11-23T18:45:00Zx", ""},
    {"2026-11-23", ""},
    {"26-11-23T18:45:00Z", ""},
    {"-026-11-23T18:45:00Z", ""},
    {"yesterday", ""},
    {"", ""},
};

BOOST_DATA_TEST_CASE(times_are_read_with_their_zone, data::make(times), row) {
  const auto time = msrp::date_time_from_text(row.text);
  BOOST_TEST((time ? time->to_text() : "") == row.canonical);
  if (time) BOOST_TEST((msrp::date_time_from_text(time->to_text()) == time));
}

BOOST_AUTO_TEST_SUITE_END()
