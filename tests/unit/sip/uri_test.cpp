// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/uri.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace data = boost::unit_test::data;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(uri)

struct Good {
  std::string text;
  std::string canonical;
};
std::ostream& operator<<(std::ostream& out, const Good& row) { return out << row.text; }

const std::vector<Good> good{
    // RFC 3261, 19.1.3 and 25
    {"sip:alice@atlanta.com", "sip:alice@atlanta.com"},
    {"sip:alice@atlanta.com;transport=tcp", "sip:alice@atlanta.com;transport=tcp"},
    {"sips:alice@atlanta.com", "sips:alice@atlanta.com"},
    {"sip:+1-212-555-1212@gateway.com;user=phone", "sip:+1-212-555-1212@gateway.com;user=phone"},
    {"sip:alice@192.0.2.4", "sip:alice@192.0.2.4"},
    {"sip:atlanta.com;method=REGISTER", "sip:atlanta.com;method=REGISTER"},
    {"sip:alice;day=tuesday@atlanta.com", "sip:alice;day=tuesday@atlanta.com"},
    {"SIP:alice@AtLanTa.CoM;Transport=UDP", "sip:alice@AtLanTa.CoM;transport=udp"},
    {"sip:%61lice@atlanta.com;lr", "sip:%61lice@atlanta.com;lr"},
    {"sip:carol@chicago.com;newparam=5;security=on", "sip:carol@chicago.com;newparam=5;security=on"},
    // RFC 4475, 3.1.1.1 and 3.1.1.3
    {"sip:vivekg@chair-dnrc.example.com;unknownparam", "sip:vivekg@chair-dnrc.example.com;unknownparam"},
    {"sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com",
     "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com"},
    {"sip:sips%3Auser%40example.com@example.net", "sip:sips%3Auser%40example.com@example.net"},
    {"sip:null-%00-null@example.com", "sip:null-%00-null@example.com"},
    {"sip:%00@host5.example.com", "sip:%00@host5.example.com"},
    {"sip:user;par=u%40example.net@example.com", "sip:user;par=u%40example.net@example.com"},
    // RFC 5118
    {"sip:user@[2001:db8::10]", "sip:user@[2001:db8::10]"},
    {"sip:[2001:db8::10]:5070", "sip:[2001:db8::10]:5070"},
    {"sip:user@[2001:db8::192.0.2.1]:5061;lr", "sip:user@[2001:db8::192.0.2.1]:5061;lr"},
    // ours
    {"sip:a", "sip:a"},
    {"sip:bob@host.", "sip:bob@host."},
    {"sip:*97#@10.0.0.1:1", "sip:*97#@10.0.0.1:1"},
    {"sip:bob@10.0.0.1:65535", "sip:bob@10.0.0.1:65535"},
    {"sip:bob@h;transport=ws;maddr=[::1]", "sip:bob@h;transport=ws;maddr=[::1]"},
    {"sip:bob@h;maddr=1.2.3.4;transport=TCP", "sip:bob@h;transport=tcp;maddr=1.2.3.4"},
    {"sip:" + std::string(980, 'u') + "@h", "sip:" + std::string(980, 'u') + "@h"},
};

BOOST_DATA_TEST_CASE(a_good_uri_is_read_and_written_the_same, data::make(good), row) {
  const auto read = sip::uri_from_text(row.text);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->to_text() == row.canonical);
  BOOST_TEST((sip::uri_from_text(read->to_text()) == read));
}

const std::vector<std::string> bad{
    "",
    ":",
    "sip",
    "sip:",
    "sips:",
    "sip:@",
    "sip:@host",
    "sip:bob@",
    "tel:+4930123",
    "http://example.com",
    "bob",
    "bob@example.com",
    " sip:bob@h",
    "sip:bob@h ",
    "sip :bob@h",
    "sip: bob@h",
    "sip:b ob@h",
    "sip:bob@h h",
    // passwords and headers
    "sip:alice:secret@h",
    "sip:alice:@h",
    "sip:bob@h?Subject=x",
    "sip:bob@h;lr?Route=%3Csip:x%3E",
    "sip:h?",
    // ports
    "sip:bob@h:",
    "sip:bob@h:0",
    "sip:bob@h:65536",
    "sip:bob@h:-1",
    "sip:bob@h:+5060",
    "sip:bob@h:50 60",
    "sip:bob@h:99999999999999999999",
    "sip:bob@h:5060:5060",
    "sip:bob@h:0x1",
    // hosts
    "sip:bob@1.2.3",
    "sip:bob@1.2.3.4.5",
    "sip:bob@256.1.1.1",
    "sip:bob@01.2.3.4x",
    "sip:bob@-h",
    "sip:bob@.h",
    "sip:bob@a..b",
    "sip:bob@h%41",
    "sip:bob@ho!st",
    "sip:bob@host.1",
    "sip:bob@h\xc3\xa9",
    "sip:bob@_",
    "sip:bob@" + std::string(254, 'h'),
    // IPv6
    "sip:bob@[::1",
    "sip:bob@::1",
    "sip:bob@[]",
    "sip:bob@[::1]]",
    "sip:bob@[::1]5060",
    "sip:bob@[::1%25eth0]",
    "sip:bob@[1.2.3.4]",
    "sip:bob@[2001:db8::10:5070",
    "sip:bob@2001:db8::10",
    "sip:bob@[:::1]",
    "sip:bob@[h]",
    // escapes and users
    "sip:%@h",
    "sip:%4@h",
    "sip:%4g@h",
    "sip:bob%@h",
    "sip:bob@bob@h",
    "sip:b[ob@h",
    "sip:b\"ob@h",
    "sip:<bob@h>",
    "sip:b\\ob@h",
    "sip:\xff@h",
    "sip:bob@h,sip:eve@h",
    // parameters
    "sip:bob@h;",
    "sip:bob@h;;lr",
    "sip:bob@h;transport",
    "sip:bob@h;transport=",
    "sip:bob@h;transport=u dp",
    "sip:bob@h;x=<y>",
    "sip:bob@h;x=\"y\"",
    "sip:bob@h;x=%",
    "sip:bob@h;x=y@z",
    "sip:bob@h;transport=udp;transport=tcp",
    // what would break out of a header
    "sip:bob@h\r\nX: y",
    "sip:bob\r\nX: y@h",
    "sip:bob@h;x\r\n=y",
    "sip:bob@h\n",
    "sip:bob@h;x=y\r",
    "\r\nsip:bob@h",
    "sip:bob@h\0"s,
    "sip:bob\0x@h"s,
    "sip:bob@1.2.3.4\0"s,
    "sip:bob@1.2.3.4\0\r\nX: y"s,
    "sip:bob@[::1\0\r\nX: y]"s,
    "sip:bob@h;x\0=y"s,
    // too long
    "sip:" + std::string(997, 'u'),
    "sip:bob@h;x=" + std::string(100000, 'y'),
    std::string(1 << 20, 's'),
};

BOOST_DATA_TEST_CASE(a_bad_uri_is_not_read, data::make(bad), text) {
  BOOST_TEST(!sip::uri_from_text(text).has_value());
}

BOOST_DATA_TEST_CASE(every_part_of_a_good_uri_is_read_or_refused_and_never_more_than_it_says, data::make(good), row) {
  for (std::size_t size = 0; size < row.text.size(); ++size) {
    // A copy of its own size, so that a sanitizer sees a look beyond its end.
    const std::vector<char> part(row.text.begin(), row.text.begin() + static_cast<std::ptrdiff_t>(size));
    const auto read = sip::uri_from_text({part.data(), part.size()});
    if (read) BOOST_TEST((sip::uri_from_text(read->to_text()) == read), std::string(part.begin(), part.end()));
  }
}

BOOST_AUTO_TEST_CASE(a_uri_has_its_parts) {
  const auto uri = sip::uri_from_text("sips:%42ob;x=1@[2001:db8::1]:5071;lr;transport=TLS;a=b");
  BOOST_REQUIRE(uri.has_value());
  BOOST_TEST(uri->secure);
  BOOST_TEST(uri->user == "%42ob;x=1");
  BOOST_TEST(uri->host == "2001:db8::1");
  BOOST_TEST(uri->port == 5071);
  BOOST_TEST(uri->transport == "tls");
  BOOST_TEST(uri->other_parameters == ";lr;a=b");
}

BOOST_AUTO_TEST_CASE(escapes_are_undone_and_broken_ones_stay) {
  BOOST_TEST(sip::unescape("%41%62%2f") == "Ab/");
  BOOST_TEST(sip::unescape("%00") == "\0"s);
  BOOST_TEST(sip::unescape("%fF") == "\xff");
  for (const char* text : {"", "%", "%4", "%4g", "a%", "100%", "%%", "%-1", "% 1", "%+1"})
    BOOST_TEST(sip::unescape(text) == text);
  BOOST_TEST(sip::unescape("%2541") == "%41");
}

BOOST_AUTO_TEST_CASE(host_names) {
  for (const char* host : {"a", "A", "a.", "ab", "a1", "1a.b", "a.b", "a.b.", "a-b.c_d", "localhost", "x1.y2.z3"})
    BOOST_TEST(sip::is_host_name(host), host);
  for (const char* host : {"", ".", "-", "_", "1", "1.", "a.1", "a.-b", "..", "a..", "a..b", ".a", "a b", "a\n",
                           "[::1]", "1.2.3.4", "a:1", "\xc3\xa9"})
    BOOST_TEST(!sip::is_host_name(host), host);
  BOOST_TEST(sip::is_host_name(std::string(253, 'a')));
  BOOST_TEST(!sip::is_host_name(std::string(254, 'a')));
  BOOST_TEST(!sip::is_host_name("a\0"s));
  BOOST_TEST(!sip::is_host_name({}));
}

BOOST_AUTO_TEST_CASE(addresses) {
  for (const char* host : {"0.0.0.0", "127.0.0.1", "255.255.255.255"}) BOOST_TEST(sip::is_ipv4(host), host);
  for (const char* host : {"::", "::1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1"})
    BOOST_TEST(sip::is_ipv6(host), host);
  for (const std::string& host :
       {""s, "1"s, "1.2.3"s, "0x7f.0.0.1"s, " 127.0.0.1"s, "127.0.0.1 "s, "127.0.0.1\n"s, "127.0.0.1\0"s,
        "127.0.0.1\0x"s, "::1\0"s, "::1\0\r\n"s, "fe80::1%lo"s, "[::1]"s, ":"s, ":::"s, "1::2::3"s, "12345::"s})
    BOOST_TEST(!sip::is_address(host), host);
  BOOST_TEST(sip::host_in_uri("::1") == "[::1]");
  BOOST_TEST(sip::host_in_uri("127.0.0.1") == "127.0.0.1");
  BOOST_TEST(sip::host_in_uri("example.com") == "example.com");
}

BOOST_AUTO_TEST_CASE(tokens) {
  BOOST_TEST(sip::is_token("aZ09-.!%*_+`'~"));
  for (const std::string& text : {""s, "a b"s, "a/b"s, "a="s, "\""s, "a\0"s, "\xc3\xa9"s, "a\r"s})
    BOOST_TEST(!sip::is_token(text), text);
}

BOOST_AUTO_TEST_CASE(a_display_name_cannot_leave_its_quotes) {
  BOOST_TEST(sip::name_address("", "sip:a@h") == "<sip:a@h>");
  BOOST_TEST(sip::name_address("\r\n", "sip:a@h") == "<sip:a@h>");
  BOOST_TEST(sip::name_address("Alice", "sip:a@h") == "\"Alice\" <sip:a@h>");
  BOOST_TEST(sip::name_address("A \"B\" \\", "sip:a@h") == "\"A \\\"B\\\" \\\\\" <sip:a@h>");
  BOOST_TEST(sip::name_address("x\r\nVia: y", "sip:a@h") == "\"xVia: y\" <sip:a@h>");
  BOOST_TEST(sip::name_address("\" <sip:eve@h>, \"", "sip:a@h") == "\"\\\" <sip:eve@h>, \\\"\" <sip:a@h>");
  BOOST_TEST(sip::name_address("\xff\xe2\x80\xae", "sip:a@h") == "\"\xef\xbf\xbd\" <sip:a@h>");
  BOOST_TEST(sip::name_address("a\0b"s, "sip:a@h") ==
             "\"a\xef\xbf\xbd"
             "b\" <sip:a@h>");
}

BOOST_AUTO_TEST_SUITE_END()
