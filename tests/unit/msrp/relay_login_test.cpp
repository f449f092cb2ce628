// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/relay_login.h"

#include <boost/test/data/test_case.hpp>

#include "tests/unit/msrp/reading.h"

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using msrp::RelayLogin;
using msrp::Request;

namespace {

const std::string use_path =
    "Use-Path: msrps://extra.example.com:9000/mnb9876;tcp msrps://intra.example.com:9000/jui;tcp\n";

struct Fixture {
  msrp::Time now{};
  std::uint64_t number = 1;
  RelayLogin login{{*msrp::uri_from_text("msrps://intra.example.com;tcp"),
                    *msrp::uri_from_text("msrps://alice.example.com:9892/98cjs;tcp"), "alice", "secret"},
                   [this] { return number++; }};
  Request last = login.begin(now);

  // The relay answers the last request.
  RelayLogin::Step answer(const std::string& status, const std::string& headers = "") {
    const std::string bytes =
        "MSRP " + last.transaction + " " + status + "\r\n" +
        crlf("To-Path: msrps://alice.example.com:9892/98cjs;tcp\nFrom-Path: msrps://intra.example.com;tcp\n" +
             headers) +
        "-------" + last.transaction + "$\r\n";
    auto step = login.take(std::get<msrp::Response>(read_whole(bytes).at(0).head), now);
    if (const auto* request = std::get_if<Request>(&step)) last = *request;
    return step;
  }
  std::string authorization() const {
    const std::string* value = last.headers.find("Authorization");
    return value ? *value : "";
  }
};

std::string refusal(const RelayLogin::Step& step) {
  BOOST_REQUIRE(std::holds_alternative<RelayLogin::Refused>(step));
  const auto& [code, reason] = std::get<RelayLogin::Refused>(step);
  return std::to_string(code) + " " + reason;
}

const std::string challenge =
    "WWW-Authenticate: Digest realm=\"intra.example.com\", qop=\"auth\", nonce=\"dcd98b7102\"\n";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(relay_login, Fixture)

BOOST_AUTO_TEST_CASE(a_login_answers_the_challenge_and_is_renewed_in_time) {
  BOOST_TEST(last.method == "AUTH");
  BOOST_TEST(msrp::to_text(last.headers.to_path) == "msrps://intra.example.com;tcp");
  BOOST_TEST(msrp::to_text(last.headers.from_path) == "msrps://alice.example.com:9892/98cjs;tcp");
  BOOST_TEST(authorization().empty());
  const std::string first = last.transaction;
  BOOST_REQUIRE(std::holds_alternative<Request>(answer("401 Unauthorized", challenge)));
  BOOST_TEST(last.transaction != first);
  BOOST_TEST(
      authorization().starts_with("Digest username=\"alice\", realm=\"intra.example.com\", nonce=\"dcd98b7102\", "
                                  "uri=\"msrps://intra.example.com;tcp\", response=\""));
  BOOST_TEST(authorization().find("nc=00000001") != std::string::npos);
  BOOST_TEST(authorization().find("secret") == std::string::npos);
  const auto step = answer("200 OK", use_path + "Expires: 900\n");
  BOOST_REQUIRE(std::holds_alternative<RelayLogin::Granted>(step));
  BOOST_TEST(std::get<RelayLogin::Granted>(step).use_path.size() == 2u);

  BOOST_TEST((login.deadline() == now + 675s));
  now += 674s;
  BOOST_TEST(std::holds_alternative<std::monostate>(login.expire(now)));
  now += 1s;
  const auto renewal = login.expire(now);
  BOOST_REQUIRE(std::holds_alternative<Request>(renewal));
  last = std::get<Request>(renewal);
  BOOST_TEST(authorization().find("nc=00000002") != std::string::npos);
  // A nonce that is too old is no wrong password.
  BOOST_REQUIRE(std::holds_alternative<Request>(
      answer("401 Unauthorized",
             "WWW-Authenticate: Digest realm=\"intra.example.com\", qop=\"auth\", stale=true, nonce=\"new\"\n")));
  BOOST_TEST(std::holds_alternative<RelayLogin::Granted>(answer("200 OK", use_path)));
}

// Computed apart, by RFC 7616, 3.4: the client's nonce is that of the numbers above.
BOOST_AUTO_TEST_CASE(the_strongest_of_several_challenges_is_answered) {
  answer("401 Unauthorized",
         challenge +
             "WWW-Authenticate: Digest realm=\"intra.example.com\", algorithm=SHA-256, qop=\"auth,auth-int\", "
             "nonce=\"a, b\", opaque=\"x\\\"y\"\nWWW-Authenticate: Basic realm=\"x\"\n");
  BOOST_TEST(
      authorization() ==
      "Digest username=\"alice\", realm=\"intra.example.com\", nonce=\"a, b\", uri=\"msrps://intra.example.com;tcp\", "
      "response=\"39fe933fc91c634031691abadd376689e3f6ce6f35e1e954cb457c00a417a28e\", "
      "algorithm=SHA-256, opaque=\"x\\\"y\", qop=auth, nc=00000001, "
      "cnonce=\"00000000000000030000000000000004\"");
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_refused_and_not_tried_again) {
  answer("401 Unauthorized", challenge);
  BOOST_TEST(refusal(answer("401 Unauthorized", challenge)) == "401 the relay does not take our name and password");
  BOOST_TEST(!login.deadline().has_value());
}

BOOST_AUTO_TEST_CASE(a_duration_that_the_relay_does_not_grant_is_asked_for_otherwise) {
  answer("401 Unauthorized", challenge);
  BOOST_REQUIRE(std::holds_alternative<Request>(answer("423 Interval", "Min-Expires: 1200\n")));
  BOOST_TEST(*last.headers.find("Expires") == "1200");
  BOOST_REQUIRE(std::holds_alternative<Request>(answer("423 Interval", "Max-Expires: 60\n")));
  BOOST_TEST(*last.headers.find("Expires") == "60");
  BOOST_TEST(std::holds_alternative<RelayLogin::Granted>(answer("200 OK", use_path + "Expires: 60\n")));
  BOOST_TEST((login.deadline() == now + 45s));
}

struct Bad {
  std::string status, headers, refusal;
};
std::ostream& operator<<(std::ostream& out, const Bad& row) { return out << row.status << " " << row.headers; }

const std::vector<Bad> bad{
    {"200 OK", "", "200 the relay grants no path"},
    {"200 OK", "Use-Path: nonsense\n", "200 the relay grants no path"},
    {"403 Forbidden", "", "403 Forbidden"},
    {"501 Unknown", "", "501 Unknown"},
    {"423 Interval", "", "423 Interval"},
    {"401 Unauthorized", "", "401 the relay does not take our name and password"},
    {"401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\n", "401 the relay does not take our name and password"},
    {"401 Unauthorized", "WWW-Authenticate: Digest\n", "401 the relay does not take our name and password"},
    {"401 Unauthorized", "WWW-Authenticate: Digest realm=\"x\n", "401 the relay does not take our name and password"},
    {"401 Unauthorized", "WWW-Authenticate: Digest realm=\"x\\\n", "401 the relay does not take our name and password"},
};

BOOST_DATA_TEST_CASE(what_is_no_grant_is_a_refusal, data::make(bad), row) {
  Fixture fixture;
  BOOST_TEST(refusal(fixture.answer(row.status, row.headers)) == row.refusal);
}

BOOST_AUTO_TEST_CASE(a_relay_that_asks_without_end_is_left) {
  unsigned requests = 1;
  while (std::holds_alternative<Request>(answer("423 Interval", "Min-Expires: 1200\n"))) ++requests;
  BOOST_TEST(requests == RelayLogin::most_rounds);
}

BOOST_AUTO_TEST_CASE(a_relay_that_does_not_answer_is_left_after_30_seconds) {
  BOOST_TEST((login.deadline() == now + 30s));
  now += 30s;
  BOOST_TEST(refusal(login.expire(now)) == "408 the relay does not answer");
  BOOST_TEST(std::holds_alternative<std::monostate>(answer("200 OK", use_path)));
}

BOOST_AUTO_TEST_CASE(a_duration_beyond_reason_is_cut) {
  answer("200 OK", use_path + "Expires: 4294967295\n");
  BOOST_TEST((login.deadline() == now + 64800s));
  Fixture other;
  other.answer("200 OK", use_path + "Expires: 0\n");
  BOOST_TEST((other.login.deadline() == now + 7500ms));
}

BOOST_AUTO_TEST_SUITE_END()
