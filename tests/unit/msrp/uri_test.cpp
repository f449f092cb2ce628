// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/uri.h"

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
    // RFC 4975, 6 and 12; RFC 4976, 5
    {"msrp://example.com:7777/iau39soe2843z;tcp", "msrp://example.com:7777/iau39soe2843z;tcp"},
    {"msrps://alice@intra.example.com;tcp", "msrps://alice@intra.example.com;tcp"},
    {"msrps://host.example.com:8493/asfd34;tcp", "msrps://host.example.com:8493/asfd34;tcp"},
    {"MSRP://Host/s;TCP", "msrp://Host/s;tcp"},
    {"msrp://h/s;tcp;a;b=c", "msrp://h/s;tcp;a;b=c"},
    {"msrp://h/s;ws", "msrp://h/s;ws"},
    {"msrp://[2001:DB8::1]:2855/a/b/c;tcp", "msrp://[2001:DB8::1]:2855/a/b/c;tcp"},
    {"msrp://192.0.2.1/a-b.c_d~e+f=g;tcp", "msrp://192.0.2.1/a-b.c_d~e+f=g;tcp"},
    {"msrp://%68ost/s;tcp", "msrp://host/s;tcp"},
    {"msrp://a;b@h/s;tcp", "msrp://a;b@h/s;tcp"},
    {"msrp://a%40b@h:1/s@t;tcp", "msrp://a%40b@h:1/s@t;tcp"},
    {"msrp://h/a%3Bb;tcp", "msrp://h/a%3Bb;tcp"},
};

BOOST_DATA_TEST_CASE(a_good_uri_is_read_and_written_the_same, data::make(good), row) {
  const auto read = msrp::uri_from_text(row.text);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->to_text() == row.canonical);
  BOOST_TEST((msrp::uri_from_text(read->to_text()) == read));
}

const std::vector<std::string> bad{
    "",
    "msrp",
    "msrp://",
    "msrp://;tcp",
    "msrp:h/s;tcp",
    "http://h/s;tcp",
    "sip:bob@example.com",
    "msrp://h/s",
    "msrp://h/s;",
    "msrp://h/s;;tcp",
    "msrp://h/s;tcp;",
    "msrp://h/s;tcp;a=",
    "msrp://h/s;tcp;=b",
    "msrp://h/;tcp",
    "msrp:///s;tcp",
    "msrp://h:/s;tcp",
    "msrp://h:0/s;tcp",
    "msrp://h:65536/s;tcp",
    "msrp://h:-1/s;tcp",
    "msrp://h:1a/s;tcp",
    "msrp://@h/s;tcp",
    "msrp://[::1/s;tcp",
    "msrp://[h]/s;tcp",
    "msrp://[::1]x/s;tcp",
    "msrp://::1/s;tcp",
    "msrp://h/s;t-c",
    "msrp://h/a b;tcp",
    "msrp://h/a\r\nb;tcp",
    "msrp://h/a\tb;tcp",
    "msrp://h/a\"b;tcp",
    "msrp://h/a<b>;tcp",
    "msrp://h\0x/s;tcp"s,
    "msrp://h/s;tcp\0"s,
    "msrp://h/%4;tcp",
    "msrp://h%00/s;tcp",
    "msrp://h%0d%0a/s;tcp",
    "msrp://h\xc3\xa9/s;tcp",
    "msrp://h/s\xc3\xa9;tcp",
    " msrp://h/s;tcp",
    "msrp://" + std::string(254, 'h') + "/s;tcp",
    "msrp://h/" + std::string(1000, 's') + ";tcp",
};

BOOST_DATA_TEST_CASE(what_is_no_msrp_uri_is_refused, data::make(bad), text) {
  BOOST_TEST(!msrp::uri_from_text(text).has_value());
  BOOST_TEST(!msrp::path_from_text("msrp://h/s;tcp " + text + "\n").has_value());
}

struct Pair {
  std::string a, b;
  bool equivalent;
};
std::ostream& operator<<(std::ostream& out, const Pair& pair) { return out << pair.a << " and " << pair.b; }

// RFC 4975, 6.1, rule by rule
const std::vector<Pair> pairs{
    {"msrp://Host/s;tcp", "MSRP://hOST/s;TCP", true},
    {"msrp://h/s;tcp", "msrps://h/s;tcp", false},
    {"msrp://h:1/s;tcp", "msrp://h:1/s;tcp", true},
    {"msrp://h:1/s;tcp", "msrp://h:2/s;tcp", false},
    {"msrp://h:2855/s;tcp", "msrp://h/s;tcp", false},
    {"msrp://h/s;tcp", "msrp://h/S;tcp", false},
    {"msrp://h/s;tcp", "msrp://h;tcp", false},
    {"msrp://h/s;tcp", "msrp://h/s;ws", false},
    {"msrp://h/s;tcp;a", "msrp://h/s;tcp;b=1", true},
    {"msrp://u@h/s;tcp", "msrp://v@h/s;tcp", true},
    {"msrp://u@h/s;tcp", "msrp://h/s;tcp", true},
    {"msrp://%68/s;tcp", "msrp://h/s;tcp", true},
    {"msrp://[2001:db8::1]/s;tcp", "msrp://[2001:DB8:0:0::1]/s;tcp", true},
    {"msrp://[2001:db8::1]/s;tcp", "msrp://[2001:db8::2]/s;tcp", false},
    {"msrp://[::ffff:192.0.2.1]/s;tcp", "msrp://192.0.2.1/s;tcp", false},
    {"msrp://192.0.2.1/s;tcp", "msrp://192.0.2.1/s;tcp", true},
    {"msrp://192.0.2.1/s;tcp", "msrp://192.0.2.2/s;tcp", false},
    {"msrp://a/s;tcp", "msrp://b/s;tcp", false},
};

BOOST_DATA_TEST_CASE(uris_are_compared_by_the_rules, data::make(pairs), pair) {
  const auto a = msrp::uri_from_text(pair.a), b = msrp::uri_from_text(pair.b);
  BOOST_REQUIRE((a && b));
  BOOST_TEST(msrp::equivalent(*a, *b) == pair.equivalent);
  BOOST_TEST(msrp::equivalent(*b, *a) == pair.equivalent);
}

BOOST_AUTO_TEST_CASE(a_path_is_a_list_of_1_to_16_uris) {
  const std::string one = "msrp://h/s;tcp";
  const auto path = msrp::path_from_text("msrps://r1.example.com:9000/x;tcp   " + one + " ");
  BOOST_REQUIRE(path.has_value());
  BOOST_TEST(path->size() == 2u);
  BOOST_TEST(msrp::to_text(*path) == "msrps://r1.example.com:9000/x;tcp " + one);
  std::string text;
  for (int i = 0; i < 16; ++i) text += one + " ";
  BOOST_TEST(msrp::path_from_text(text).value().size() == 16u);
  BOOST_TEST(!msrp::path_from_text(text + one).has_value());
  BOOST_TEST(!msrp::path_from_text("  ").has_value());
  BOOST_TEST(!msrp::path_from_text(one + "," + one).has_value());
  BOOST_TEST(msrp::equivalent(*path, *path));
  BOOST_TEST(!msrp::equivalent(*path, {path->front()}));
}

BOOST_AUTO_TEST_SUITE_END()
