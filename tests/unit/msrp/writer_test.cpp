// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/writer.h"

#include <boost/test/data/test_case.hpp>

#include "base/error.h"
#include "tests/unit/msrp/reading.h"

namespace data = boost::unit_test::data;
using namespace std::string_literals;
using msrp::Request;
using msrp::Response;

namespace {

Request good_request() {
  Request request{"abcd", "SEND", {}};
  request.headers.to_path = *msrp::path_from_text("msrps://r/1;tcp msrp://b/2;tcp");
  request.headers.from_path = *msrp::path_from_text("msrp://a/1;tcp");
  request.headers.message_id = "m1";
  request.headers.content_type = "text/plain";
  return request;
}

std::string written(const Request& request, std::string_view body, msrp::Flag flag = msrp::Flag::complete) {
  std::string out;
  msrp::write(request, body, flag, out);
  return out;
}

bool is_refusal(const base::Error& error) { return error.code() == base::Errc::invalid_argument; }

}  // namespace

BOOST_AUTO_TEST_SUITE(writer)

BOOST_AUTO_TEST_CASE(a_request_is_written_in_the_order_of_the_rfc) {
  Request request = good_request();
  request.headers.success_report = true;
  request.headers.failure_report = msrp::FailureReport::partial;
  request.headers.byte_range = msrp::ByteRange{1, {}, 5};
  request.headers.others = {{"Content-ID", "<x>"}};
  BOOST_TEST(written(request, "hello", msrp::Flag::more) ==
             crlf("MSRP abcd SEND\nTo-Path: msrps://r/1;tcp msrp://b/2;tcp\nFrom-Path: msrp://a/1;tcp\nMessage-ID: m1\n"
                  "Success-Report: yes\nFailure-Report: partial\nByte-Range: 1-*/5\nContent-ID: <x>\n"
                  "Content-Type: text/plain\n\nhello\n-------abcd+\n"));
}

BOOST_AUTO_TEST_CASE(a_request_without_a_content_type_has_no_body) {
  Request request = good_request();
  request.headers.content_type.clear();
  request.headers.byte_range = msrp::ByteRange{1, 0, 0};
  BOOST_TEST(written(request, "") ==
             crlf("MSRP abcd SEND\nTo-Path: msrps://r/1;tcp msrp://b/2;tcp\n"
                  "From-Path: msrp://a/1;tcp\nMessage-ID: m1\nByte-Range: 1-0/0\n-------abcd$\n"));
  BOOST_CHECK_EXCEPTION(written(request, "x"), base::Error, is_refusal);
}

BOOST_AUTO_TEST_CASE(an_answer_goes_back_to_the_first_hop_and_anything_but_send_along_the_path) {
  Request request = good_request();
  request.headers.from_path = *msrp::path_from_text("msrp://r2/7;tcp msrp://a/1;tcp");
  request.headers.to_path = *msrp::path_from_text("msrp://b/2;tcp");
  std::string out;
  msrp::write(msrp::answer(request, 200), out);
  BOOST_TEST(out == crlf("MSRP abcd 200 OK\nTo-Path: msrp://r2/7;tcp\nFrom-Path: msrp://b/2;tcp\n-------abcd$\n"));
  request.method = "AUTH";
  BOOST_TEST(msrp::answer(request, 501).headers.to_path.size() == 2u);
  const Request report = msrp::report_on(request, {200, "OK"}, 5);
  BOOST_TEST(msrp::to_text(report.headers.to_path) == "msrp://r2/7;tcp msrp://a/1;tcp");
  BOOST_TEST(report.headers.byte_range->to_text() == "1-5/5");
}

BOOST_DATA_TEST_CASE(what_was_read_is_written_and_read_the_same,
                     data::make({"basic", "xhtml", "chunked", "report", "relay", "nickname", "empty_send", "odd_peers",
                                 "lookalikes", "all_bytes"}),
                     name) {
  for (const Told& told : read_whole(data_file(name))) {
    std::string out;
    if (const auto* request = std::get_if<Request>(&told.head)) {
      Request copy = *request;
      const msrp::Random random = [n = std::uint64_t{0}]() mutable { return n++; };
      copy.transaction = msrp::choose_transaction(told.body, random);
      msrp::write(copy, told.body, told.flag, out);
      const auto again = read_whole(out);
      BOOST_REQUIRE(again.size() == 1u);
      BOOST_TEST((std::get<Request>(again[0].head) == copy));
      BOOST_TEST(again[0].body == told.body);
      BOOST_TEST((again[0].flag == told.flag));
    } else {
      const auto& response = std::get<Response>(told.head);
      msrp::write(response, out);
      BOOST_TEST((std::get<Response>(read_whole(out).at(0).head) == response));
    }
  }
}

// Each change would leave its place, if it were written.
struct Break {
  std::string what;
  std::function<void(Request&)> change;
};
std::ostream& operator<<(std::ostream& out, const Break& row) { return out << row.what; }

const std::vector<Break> breaks{
    {"CRLF in the content type", [](Request& r) { r.headers.content_type = "text/plain\r\nX: y"; }},
    {"LF in the content type", [](Request& r) { r.headers.content_type = "text/plain\nX: y"; }},
    {"NUL in the content type", [](Request& r) { r.headers.content_type = "text/plain\0"s; }},
    {"an escape in the content type", [](Request& r) { r.headers.content_type = "text/plain;\x1b[2J"; }},
    {"broken UTF-8 in the content type", [](Request& r) { r.headers.content_type = "text/plain;\xff"; }},
    {"no slash in the content type", [](Request& r) { r.headers.content_type = "text"; }},
    {"a long content type", [](Request& r) { r.headers.content_type = "text/" + std::string(300, 'x'); }},
    {"a space in the message id", [](Request& r) { r.headers.message_id = "a b"; }},
    {"CRLF in the message id", [](Request& r) { r.headers.message_id = "a\r\nX: y"; }},
    {"CRLF in another header",
     [](Request& r) {
       r.headers.others = {{"X", "a\r\n-------abcd$"}};
     }},
    {"NUL in another header",
     [](Request& r) {
       r.headers.others = {{"X", "a\0b"s}};
     }},
    {"a name that is no token",
     [](Request& r) {
       r.headers.others = {{"X: y\r\nZ", "a"}};
     }},
    {"an empty name",
     [](Request& r) {
       r.headers.others = {{"", "a"}};
     }},
    {"CRLF in a status",
     [](Request& r) {
       r.headers.status = msrp::Status{200, "OK\r\nX: y"};
     }},
    {"a status of four digits",
     [](Request& r) {
       r.headers.status = msrp::Status{2000, ""};
     }},
    {"CRLF in a host", [](Request& r) { r.headers.to_path[0].host = "h\r\nX: y"; }},
    {"a space in a session id", [](Request& r) { r.headers.from_path[0].session_id = "s msrp://evil/x;tcp\r\n"; }},
    {"no path", [](Request& r) { r.headers.to_path.clear(); }},
    {"CRLF in the transaction", [](Request& r) { r.transaction = "ab\r\ncd"; }},
    {"an empty transaction", [](Request& r) { r.transaction.clear(); }},
    {"a method that is none", [](Request& r) { r.method = "SEND\r\nX: y"; }},
    {"an empty method", [](Request& r) { r.method.clear(); }},
};

BOOST_DATA_TEST_CASE(what_would_leave_its_header_is_refused_and_nothing_is_written, data::make(breaks), row) {
  Request request = good_request();
  row.change(request);
  std::string out = "before";
  BOOST_CHECK_EXCEPTION(msrp::write(request, "body", msrp::Flag::complete, out), base::Error, is_refusal);
  BOOST_TEST(out == "before");
}

BOOST_AUTO_TEST_CASE(a_response_that_would_leave_its_line_is_refused) {
  Response response = msrp::answer(good_request(), 200, "OK\r\nX: y");
  std::string out = "before";
  BOOST_CHECK_EXCEPTION(msrp::write(response, out), base::Error, is_refusal);
  response.comment = "OK";
  response.code = 20;
  BOOST_CHECK_EXCEPTION(msrp::write(response, out), base::Error, is_refusal);
  BOOST_TEST(out == "before");
}

BOOST_AUTO_TEST_CASE(a_transaction_is_chosen_whose_end_line_is_not_in_the_body) {
  std::uint64_t number = 0xabc;
  const msrp::Random random = [&] { return number++; };
  const std::string body = "x\r\n-------0000000000000abc$\r\n-------0000000000000abe";
  const std::string transaction = msrp::choose_transaction(body, random);
  BOOST_TEST(body.find("-------" + transaction) == body.npos);
  BOOST_TEST(transaction != "0000000000000abc");
  // A body that holds the end-line of its own request is not written at all.
  Request request = good_request();
  BOOST_CHECK_EXCEPTION(written(request, "a-------abcdb"), base::Error, is_refusal);
  // Even a source that is stuck comes to an end.
  BOOST_TEST(msrp::choose_transaction(body, [] { return 0xabc; }) != "0000000000000abc");
}

BOOST_AUTO_TEST_SUITE_END()
