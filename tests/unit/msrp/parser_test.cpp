// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/parser.h"

#include <boost/test/data/test_case.hpp>

#include "tests/unit/msrp/reading.h"

namespace data = boost::unit_test::data;
using msrp::FailureReport;
using msrp::Fault;
using msrp::Request;
using msrp::Response;

namespace {

const std::string paths = crlf("To-Path: msrp://b/2;tcp\nFrom-Path: msrp://a/1;tcp\n");

// A SEND with these further lines and that body.
std::string send(const std::string& lines, const std::string& body) {
  return "MSRP abcd SEND\r\n" + paths + "Message-ID: m1\r\n" + crlf(lines) + "\r\n" + body + "\r\n-------abcd$\r\n";
}

const Request& request_of(const std::vector<Told>& told, std::size_t index) {
  BOOST_REQUIRE(told.size() > index);
  BOOST_REQUIRE(std::holds_alternative<Request>(told[index].head));
  return std::get<Request>(told[index].head);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parser)

struct Flow {
  std::string name;
  std::string summary;
};
std::ostream& operator<<(std::ostream& out, const Flow& flow) { return out << flow.name; }

const std::vector<Flow> flows{
    {"basic", "SEND d93kswow 14$\n200 d93kswow 0$\nSEND dkei38sd 20$\n200 dkei38sd 0$\n"},
    {"xhtml", "SEND d93kswow 308$\n"},
    {"chunked", "SEND dkei38sd 4+\nSEND dkei38ia 4$\n"},
    {"chunked_cpim", "SEND d93kswow 137+\nSEND op2nc9a 10$\n"},
    {"system", "SEND d93kswow 37$\n"},
    {"report", "SEND d93kswow 121$\nREPORT dkei38sd 0$\n"},
    {"relay", "AUTH 49fh 0$\n401 49fh 0$\nAUTH 49fi 0$\n200 49fi 0$\nSEND 6aef 39$\n"},
    {"nickname", "NICKNAME d93kswow 0$\n"},
    {"empty_send", "SEND dkei38sd 0$\n"},
    {"odd_peers", "SEND a1 0$\n499 123456789012345678901234567890123456 0+\n"},
    {"lookalikes", "SEND abcd 183#\n"},
    {"all_bytes", "SEND bytes1 512$\n"},
};

BOOST_DATA_TEST_CASE(flows_are_read_alike_however_their_bytes_are_split, data::make(flows), flow) {
  const std::string bytes = data_file(flow.name);
  const auto whole = read_whole(bytes);
  BOOST_TEST(summary(whole) == flow.summary);
  const auto check = [&](const std::vector<Told>& told) {
    BOOST_REQUIRE(summary(told) == flow.summary);
    for (std::size_t i = 0; i < told.size(); ++i) {
      BOOST_REQUIRE(told[i].body == whole[i].body);
      const auto* request = std::get_if<Request>(&told[i].head);
      if (request) BOOST_REQUIRE((*request == std::get<Request>(whole[i].head)));
      const auto* response = std::get_if<Response>(&told[i].head);
      if (response) BOOST_REQUIRE((*response == std::get<Response>(whole[i].head)));
    }
  };
  check(read_parts(bytes, [] { return 1; }));
  for (std::size_t first = 1; first < bytes.size(); ++first) {
    std::size_t size = first;
    check(read_parts(bytes, [&] { return std::exchange(size, bytes.size()); }));
  }
  std::minstd_rand random(1);
  for (int i = 0; i < 200; ++i) check(read_parts(bytes, [&] { return 1 + random() % 40; }));
}

BOOST_AUTO_TEST_CASE(all_headers_of_a_request_are_read) {
  const auto told = read_whole(
      "MSRP abcd SEND\r\n" + paths +
      crlf("Message-ID: m1\nSuccess-Report: yes\nFailure-Report: partial\nByte-Range: 1-*/9\nStatus: 000 413 too big\n"
           "Content-ID: <x>\nX-New: one\nContent-Type: text/plain; charset=utf-8\n\nhello\n-------abcd+\n"));
  const Request& request = request_of(told, 0);
  BOOST_TEST(request.transaction == "abcd");
  BOOST_TEST(msrp::to_text(request.headers.to_path) == "msrp://b/2;tcp");
  BOOST_TEST(msrp::to_text(request.headers.from_path) == "msrp://a/1;tcp");
  BOOST_TEST(request.headers.message_id == "m1");
  BOOST_TEST(request.headers.success_report);
  BOOST_TEST((request.headers.failure_report == FailureReport::partial));
  BOOST_TEST((request.headers.byte_range == msrp::ByteRange{1, {}, 9}));
  BOOST_TEST((request.headers.status == msrp::Status{413, "too big"}));
  BOOST_TEST(request.headers.content_type == "text/plain; charset=utf-8");
  BOOST_TEST((request.headers.others == std::vector<msrp::Header>{{"Content-ID", "<x>"}, {"X-New", "one"}}));
  BOOST_TEST(*request.headers.find("x-new") == "one");
  BOOST_TEST(!request.headers.find("Expires"));
  BOOST_TEST(told[0].body == "hello");
}

BOOST_AUTO_TEST_CASE(headers_that_are_absent_have_their_defaults) {
  const auto told = read_whole(data_file("empty_send"));
  const Request& request = request_of(told, 0);
  BOOST_TEST(!request.headers.success_report);
  BOOST_TEST((request.headers.failure_report == FailureReport::yes));
  BOOST_TEST(!request.headers.status.has_value());
  BOOST_TEST(request.headers.content_type.empty());
}

BOOST_AUTO_TEST_CASE(what_a_relay_grants_is_read) {
  const auto told = read_whole(data_file("relay"));
  BOOST_REQUIRE(told.size() == 5u);
  const msrp::Headers& granted = std::get<Response>(told[3].head).headers;
  BOOST_TEST(msrp::use_path(granted).value().size() == 2u);
  BOOST_TEST(msrp::seconds_in(granted, "Expires").value() == 900u);
  BOOST_TEST(!msrp::seconds_in(granted, "Min-Expires").has_value());
  BOOST_TEST(std::get<Response>(told[1].head).headers.find("WWW-Authenticate")->starts_with("Digest realm="));
  BOOST_TEST(request_of(told, 2).headers.find("Authorization")->ends_with("\""));
}

struct Wrong {
  std::string lines;
  std::string reason;
};
std::ostream& operator<<(std::ostream& out, const Wrong& row) { return out << row.lines.substr(0, 80); }

// Behind the start line. The connection goes on after each.
const std::vector<Wrong> wrong{
    {"", "a path is missing"},
    {"To-Path: msrp://b/2;tcp\n", "a path is missing"},
    {"From-Path: msrp://a/1;tcp\nTo-Path: msrp://b/2;tcp\nMessage-ID: m\n", "the paths are not the first headers"},
    {"To-Path: msrp://b/2;tcp\nMessage-ID: m\nFrom-Path: msrp://a/1;tcp\n", "the paths are not the first headers"},
    {"To-Path: msrp://b/2;tcp\nFrom-Path: msrp://a/1;tcp\n", "Message-ID is missing"},
    {"To-Path: msrp://b/2;tcp\nFrom-Path: sip:alice\nMessage-ID: m\n", "From-Path is wrong"},
    {"To-Path:\nFrom-Path: msrp://a/1;tcp\nMessage-ID: m\n", "To-Path is wrong"},
};
// Behind good paths and a good id.
const std::vector<Wrong> wrong_headers{
    {"Message-ID: m2\n", "Message-ID comes twice"},
    {"Content-Type: a/b\nContent-Type: a/b\n", "Content-Type comes twice"},
    {"To-Path: msrp://b/2;tcp\n", "To-Path comes twice"},
    {"Success-Report: partial\n", "Success-Report is wrong"},
    {"Success-Report: \n", "Success-Report is wrong"},
    {"Failure-Report: maybe\n", "Failure-Report is wrong"},
    {"Byte-Range: 1\n", "Byte-Range is wrong"},
    {"Byte-Range: *-1/1\n", "Byte-Range is wrong"},
    {"Byte-Range: 1-2\n", "Byte-Range is wrong"},
    {"Byte-Range: -1-2/3\n", "Byte-Range is wrong"},
    {"Byte-Range: 1-2/-3\n", "Byte-Range is wrong"},
    {"Byte-Range: 1-2/+3\n", "Byte-Range is wrong"},
    {"Byte-Range: 1 - 2 / 3\n", "Byte-Range is wrong"},
    {"Byte-Range: 1/2-3\n", "Byte-Range is wrong"},
    {"Byte-Range: 0x1-2/3\n", "Byte-Range is wrong"},
    {"Byte-Range: 1-2/9223372036854775808\n", "Byte-Range is wrong"},
    {"Byte-Range: 1-2/18446744073709551616\n", "Byte-Range is wrong"},
    {"Byte-Range: 1-2/99999999999999999999999999\n", "Byte-Range is wrong"},
    {"Status: 001 200 OK\n", "Status is wrong"},
    {"Status: 000 20 OK\n", "Status is wrong"},
    {"Status: 000\n", "Status is wrong"},
    {"Content-Type: text\n", "Content-Type is wrong"},
    {"Content-Type: /plain\n", "Content-Type is wrong"},
    {"Content-Type: text/\n", "Content-Type is wrong"},
    {"Content-Type: te xt/plain\n", "Content-Type is wrong"},
    {"No colon\n", "a header is none"},
    {": nothing\n", "a header is none"},
    {"A B: c\n", "a header is none"},
    {" folded: x\n", "a header is none"},
    {"X: a\x01z\n", "a header is none"},
    {"X: a\rz\n", "a header is none"},
    {"X: \xff\n", "a header is none"},
    {std::string("X: a\0z\n", 7), "a header is none"},
    {"-------abcd%: x\nY\n", "a header is none"},
};

void check_wrong(const std::string& lines, const std::string& reason) {
  const std::string bad = "MSRP abcd SEND\r\n" + lines;
  const std::string good = send("Content-Type: text/plain\n", "x");
  for (const std::string ending : {"\r\nbody\r\n-------abcd\r\n-------abcd$\r\n", "-------abcd#\r\n"}) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{10000}}) {
      const auto told = read_parts(bad + ending + good, [&] { return size; });
      BOOST_TEST(summary(told) == "fault answer: " + reason + "\nSEND abcd 1$\n");
      BOOST_TEST(std::get<Fault>(told[0].head).request.transaction == "abcd");
    }
  }
}

BOOST_DATA_TEST_CASE(a_request_with_wrong_headers_is_a_fault_and_the_connection_goes_on, data::make(wrong), row) {
  check_wrong(crlf(row.lines), row.reason);
}

BOOST_DATA_TEST_CASE(a_wrong_header_is_a_fault_and_the_connection_goes_on, data::make(wrong_headers), row) {
  check_wrong(paths + "Message-ID: m\r\n" + crlf(row.lines), row.reason);
}

BOOST_AUTO_TEST_CASE(a_wrong_response_is_to_be_ignored) {
  BOOST_TEST(summary(read_whole("MSRP abcd 200 OK\r\nTo-Path: msrp://b/2;tcp\r\n-------abcd$\r\n")) ==
             "fault ignore: a path is missing\n");
}

// What makes it unknown where the next message begins.
const std::vector<Wrong> fatal{
    {"GET / HTTP/1.1\r\n", "the start line is not one of MSRP"},
    {"msrp abcd SEND\r\n", "the start line is not one of MSRP"},
    {" MSRP abcd SEND\r\n", "the start line is not one of MSRP"},
    {"\x16\x03\x01\x02\r\n", "the start line is not one of MSRP"},
    {"MSRP\r\n", "the transaction id is none"},
    {"MSRP  SEND\r\n", "the transaction id is none"},
    {"MSRP ab$cd SEND\r\n", "the transaction id is none"},
    {"MSRP -abcd SEND\r\n", "the transaction id is none"},
    {"MSRP " + std::string(65, 'a') + " SEND\r\n", "the transaction id is none"},
    {"MSRP abcd\r\n", "the start line has neither method nor code"},
    {"MSRP abcd \r\n", "the start line has neither method nor code"},
    {"MSRP abcd send\r\n", "the start line has neither method nor code"},
    {"MSRP abcd SEND now\r\n", "the start line has neither method nor code"},
    {"MSRP abcd 20 OK\r\n", "the start line has neither method nor code"},
    {"MSRP abcd 2000 OK\r\n", "the start line has neither method nor code"},
    {"MSRP abcd 200 O\x07K\r\n", "the comment of a response is no text"},
    {"MSRP abcd SEND\n", "a line ends without a carriage return"},
    {"MSRP abcd SEND\r\nTo-Path: x\n", "a line ends without a carriage return"},
    {std::string(msrp::longest_head + 1, 'x'), "the headers are too long"},
    {"MSRP abcd SEND\r\nX: " + std::string(msrp::longest_head + 1, 'x'), "the headers are too long"},
};

BOOST_DATA_TEST_CASE(what_is_no_msrp_closes_the_connection, data::make(fatal), row) {
  const std::string bytes = row.lines + send("Content-Type: text/plain\n", "x");
  for (const std::size_t size : {std::size_t{1}, std::size_t{100}, bytes.size()})
    BOOST_TEST(summary(read_parts(bytes, [&] { return size; })) == "fault close: " + row.reason + "\n");
}

BOOST_AUTO_TEST_CASE(endless_headers_close_the_connection_at_the_limit) {
  msrp::Parser parser;
  std::vector<Told> told;
  tell(parser, "MSRP abcd SEND\r\n", told);
  std::size_t size = 16;
  for (; told.empty() && size < 20000; size += 10) tell(parser, "X: 12345\r\n", told);
  BOOST_TEST(summary(told) == "fault close: there are too many headers\n");
  BOOST_TEST(size <= msrp::longest_head);

  msrp::Parser other;
  told.clear();
  for (size = 0; told.empty() && size < 20000; ++size) tell(other, "M", told);
  BOOST_TEST(summary(told) == "fault close: the headers are too long\n");
  BOOST_TEST(size == msrp::longest_head + 1);
}

BOOST_AUTO_TEST_CASE(the_longest_head_and_the_most_headers_are_read) {
  std::string head = "MSRP abcd SEND\r\n" + paths + "Message-ID: m\r\n";
  for (std::size_t i = 3; i < msrp::most_headers - 1; ++i) head += "X: y\r\n";
  const std::string end = "-------abcd$\r\n";
  head += "X: " + std::string(msrp::longest_head - head.size() - 5 - end.size(), 'y') + "\r\n";
  BOOST_TEST(summary(read_whole(head + end)) == "SEND abcd 0$\n");
  BOOST_TEST(summary(read_parts(head + end, [] { return 1; })) == "SEND abcd 0$\n");
}

BOOST_AUTO_TEST_CASE(a_body_is_told_in_pieces_of_what_was_given_and_not_copied) {
  const std::string body(100000, 'b');
  const std::string bytes = send("Content-Type: text/plain\n", body);
  msrp::Parser parser;
  std::string_view rest = bytes;
  BOOST_TEST(std::holds_alternative<Request>(parser.next(rest).value()));
  const auto piece = std::get<msrp::Piece>(parser.next(rest).value());
  BOOST_TEST(piece.bytes.size() == body.size());
  BOOST_TEST((piece.bytes.data() > bytes.data() && piece.bytes.data() < bytes.data() + bytes.size()));
  BOOST_TEST(!parser.idle());
  BOOST_TEST(std::holds_alternative<msrp::End>(parser.next(rest).value()));
  BOOST_TEST(parser.idle());
  BOOST_TEST(rest.empty());
}

// Bodies that are made to look like their own end.
BOOST_AUTO_TEST_CASE(bodies_full_of_what_looks_like_an_end_line_are_read_exactly) {
  const std::vector<std::string> parts{"\r",
                                       "\n",
                                       "\r\n",
                                       "-",
                                       "-------",
                                       "-------abcd",
                                       "abcd",
                                       "$",
                                       "+",
                                       "\r\n-------abcd",
                                       "\r\n-------abcd$",
                                       "\r\n-------abcd$\r",
                                       "\r\n-------abcd#\r\r",
                                       "x"};
  std::minstd_rand random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string body;
    for (auto count = random() % 12; count > 0; --count) body += parts[random() % parts.size()];
    const auto bytes = send("Content-Type: a/b\n", body);
    // The first place where an end-line is, at the earliest on the empty line.
    const std::string text = "\r\n" + body + "\r\n-------abcd$\r\n";
    std::size_t end = text.npos;
    for (const char* flag : {"$", "+", "#"})
      end = std::min(end, text.find("\r\n-------abcd" + std::string(flag) + "\r\n"));
    const std::string expected = end == 0 ? "" : text.substr(2, end - 2);
    msrp::Parser parser;
    std::vector<Told> told;
    for (std::string_view rest = bytes; !rest.empty() && (told.empty() || !told[0].ended);) {
      const std::string part(rest.substr(0, 1 + random() % 9));
      rest.remove_prefix(part.size());
      tell(parser, part, told);
    }
    BOOST_REQUIRE(!told.empty());
    BOOST_REQUIRE(told[0].ended);
    BOOST_REQUIRE_MESSAGE(told[0].body == expected, "round " << round);
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_never_ends_is_told_and_not_kept) {
  msrp::Parser parser;
  std::vector<Told> told;
  tell(parser, "MSRP abcd SEND\r\n" + paths + "Message-ID: m\r\nContent-Type: a/b\r\n\r\n", told);
  for (int i = 0; i < 1000; ++i) tell(parser, "\r\n-------abcdX" + std::string(1000, 'x'), told);
  BOOST_TEST(told[0].body.size() == 1014000u);
  BOOST_TEST(!told[0].ended);
  BOOST_TEST(!parser.idle());
}

BOOST_AUTO_TEST_SUITE_END()
