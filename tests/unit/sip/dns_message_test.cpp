// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/dns_message.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/dns_server.h"

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace sip::dns;
using test::dns_name;
using test::dns_record;

namespace {

constexpr std::uint16_t id = 0x1234;

std::string number(unsigned value) { return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)}; }

std::string bytes_of(const Question& question) {
  return dns_name(question.name) + number(static_cast<unsigned>(question.type)) + number(1);
}

std::string message(const Question& question, const std::vector<std::string>& records, unsigned flags = 0x8180) {
  std::string text = number(id) + number(flags) + number(1) + number(static_cast<unsigned>(records.size())) +
                     number(0) + number(0) + bytes_of(question);
  for (const std::string& record : records) text += record;
  return text;
}

Answer answer_of(const Question& question, const std::vector<std::string>& records) {
  const auto reply = read_reply(message(question, records), id, question);
  BOOST_REQUIRE(reply.has_value());
  return reply->answer;
}

const Question host{"host.test", Type::a};

}  // namespace

BOOST_AUTO_TEST_SUITE(dns_message)

BOOST_AUTO_TEST_CASE(a_query_asks_one_question_with_recursion) {
  BOOST_TEST(query(id, {"_sip._udp.a.test", Type::srv}).value() ==
             "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04_sip\x04_udp\x01"
             "a\x04test\x00\x00\x21\x00\x01"s);
}

BOOST_AUTO_TEST_CASE(a_name_that_dns_cannot_hold_is_not_asked_for) {
  for (const std::string& name : {""s, "."s, "a..b"s, "a."s, std::string(64, 'a') + ".test", std::string(254, 'a')})
    BOOST_TEST(!query(id, {name, Type::a}).has_value(), name);
  BOOST_TEST(query(id, {std::string(63, 'a') + ".test", Type::a}).has_value());
}

BOOST_AUTO_TEST_CASE(each_type_is_read) {
  BOOST_TEST(
      answer_of(host, {dns_record("host.test", "A 192.0.2.1"), dns_record("HOST.test", "A 192.0.2.2")}).addresses ==
      (std::vector<std::string>{"192.0.2.1", "192.0.2.2"}));
  const Answer six = answer_of({"h.test", Type::aaaa}, {dns_record("h.test", "AAAA 2001:db8::1", 7)});
  BOOST_TEST(six.addresses == std::vector<std::string>{"2001:db8::1"});
  BOOST_TEST((six.ttl == 7s));
  const Service service = answer_of({"s.test", Type::srv}, {dns_record("s.test", "SRV 1 2 3 h.test")}).services.at(0);
  BOOST_TEST(service.priority == 1);
  BOOST_TEST(service.weight == 2);
  BOOST_TEST(service.port == 3);
  BOOST_TEST(service.target == "h.test");
  BOOST_TEST(answer_of({"s.test", Type::srv}, {dns_record("s.test", "SRV 0 0 0 .")}).services.at(0).target == "");
  const Pointer pointer =
      answer_of({"n.test", Type::naptr}, {dns_record("n.test", "NAPTR 4 5 S Sip+d2u _sip._udp.n.test")}).pointers.at(0);
  BOOST_TEST(pointer.order == 4);
  BOOST_TEST(pointer.preference == 5);
  BOOST_TEST(pointer.flags == "s");
  BOOST_TEST(pointer.service == "SIP+D2U");
  BOOST_TEST(pointer.replacement == "_sip._udp.n.test");
}

BOOST_AUTO_TEST_CASE(aliases_are_followed_in_any_order) {
  const Answer answer =
      answer_of(host, {dns_record("c.test", "A 192.0.2.3", 9), dns_record("b.test", "CNAME C.test"),
                       dns_record("x.test", "A 192.0.2.66"), dns_record("Host.test", "CNAME b.test")});
  BOOST_TEST((answer.outcome == Outcome::records));
  BOOST_TEST(answer.addresses == std::vector<std::string>{"192.0.2.3"});
  BOOST_TEST((answer.ttl == 9s));
}

BOOST_AUTO_TEST_CASE(aliases_in_a_circle_lead_nowhere) {
  const Answer answer =
      answer_of(host, {dns_record("host.test", "CNAME b.test"), dns_record("b.test", "CNAME host.test")});
  BOOST_TEST((answer.outcome == Outcome::nothing));
}

BOOST_AUTO_TEST_CASE(records_of_others_and_of_other_types_are_left_out) {
  const Answer answer = answer_of(host, {dns_record("other.test", "A 192.0.2.1"), dns_record("host.test", "AAAA ::1"),
                                         dns_record("host.test", "SRV 0 0 1 x.test")});
  BOOST_TEST((answer.outcome == Outcome::nothing));
  BOOST_TEST(answer.addresses.empty());
}

struct Code {
  unsigned flags;
  Outcome outcome;
  std::string detail;
};
std::ostream& operator<<(std::ostream& out, const Code& row) { return out << row.flags; }

const std::vector<Code> codes{
    {0x8180, Outcome::nothing, ""},         {0x8181, Outcome::failure, "FORMERR"},
    {0x8182, Outcome::failure, "SERVFAIL"}, {0x8183, Outcome::no_such_name, ""},
    {0x8184, Outcome::failure, "NOTIMP"},   {0x8185, Outcome::failure, "REFUSED"},
    {0x818f, Outcome::failure, "code 15"},
};

BOOST_DATA_TEST_CASE(codes_are_told_apart, data::make(codes), row) {
  const auto reply = read_reply(message(host, {}, row.flags), id, host);
  BOOST_REQUIRE(reply.has_value());
  BOOST_TEST((reply->answer.outcome == row.outcome));
  BOOST_TEST(reply->answer.detail == row.detail);
}

BOOST_AUTO_TEST_CASE(what_is_no_reply_to_the_question_is_none) {
  const std::string good = message(host, {dns_record("host.test", "A 192.0.2.1")});
  BOOST_TEST(read_reply(good, id, host).has_value());
  BOOST_TEST(!read_reply(good, id + 1, host).has_value());
  BOOST_TEST(!read_reply(good, id, {"host.test", Type::aaaa}).has_value());
  BOOST_TEST(!read_reply(good, id, {"hos.test", Type::a}).has_value());
  BOOST_TEST(!read_reply(message(host, {}, 0x0100), id, host).has_value());  // a query
  BOOST_TEST(!read_reply(message(host, {}, 0xa180), id, host).has_value());  // another opcode
  std::string two = good;
  two[5] = 2;
  BOOST_TEST(!read_reply(two, id, host).has_value());
}

BOOST_AUTO_TEST_CASE(a_truncated_reply_says_so_and_is_not_believed) {
  const auto reply = read_reply(message(host, {dns_record("host.test", "A 192.0.2.1")}, 0x8380), id, host);
  BOOST_REQUIRE(reply.has_value());
  BOOST_TEST(reply->truncated);
  BOOST_TEST(reply->answer.addresses.empty());
}

// The owner of a record as raw bytes; the question's name is at 12.
std::string odd_record(const std::string& owner) {
  return owner + number(1) + number(1) + number(0) + number(60) + number(4) + "\x7f\x00\x00\x01"s;
}

BOOST_AUTO_TEST_CASE(compressed_names_are_read) {
  BOOST_TEST(answer_of(host, {odd_record("\xc0\x0c")}).addresses == std::vector<std::string>{"127.0.0.1"});
  BOOST_TEST(answer_of({"host.test", Type::a}, {odd_record("\x04host\xc0\x11")}).addresses.size() == 1u);
}

BOOST_DATA_TEST_CASE(a_name_that_leads_forward_or_in_a_circle_breaks_the_answer,
                     data::make(std::vector<std::string>{
                         "\xc0\x1b",          // itself
                         "\xc0\x1d",          // forward
                         "\xff\xff",          // out of the message
                         "\x04host\xc0\x1b",  // in a circle
                         "\x40x",             // a kind of label that there is not
                         "\x80x",
                     }),
                     owner) {
  const Answer answer = answer_of(host, {odd_record(owner)});
  BOOST_TEST((answer.outcome == Outcome::failure));
  BOOST_TEST(answer.addresses.empty());
}

BOOST_AUTO_TEST_CASE(odd_bytes_in_a_name_make_no_host_name) {
  const std::string odd = number(0) + number(0) + number(5060) + "\x03"s + "a.b" + "\x02"s + "\n\x80" + "\0"s;
  const std::string record = dns_name("s.test") + number(33) + number(1) + number(0) + number(60) +
                             number(static_cast<unsigned>(odd.size())) + odd;
  BOOST_TEST(answer_of({"s.test", Type::srv}, {record}).services.at(0).target == "a?b.??");
}

BOOST_AUTO_TEST_CASE(a_record_with_a_wrong_length_is_left_out_or_breaks_the_answer) {
  std::string shorter = dns_record("host.test", "A 192.0.2.1");
  shorter[shorter.size() - 5] = 3;
  BOOST_TEST(answer_of(host, {shorter}).addresses.empty());
  std::string longer = dns_record("host.test", "A 192.0.2.1");
  longer[longer.size() - 5] = 5;
  BOOST_TEST((answer_of(host, {longer}).outcome == Outcome::failure));
}

BOOST_AUTO_TEST_CASE(every_beginning_of_a_reply_is_survived) {
  const Question question{"n.test", Type::naptr};
  const std::string whole = message(
      question, {dns_record("n.test", "CNAME m.test"), dns_record("m.test", "NAPTR 1 2 s SIP+D2U _sip._udp.n.test")});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto reply = read_reply(std::string_view(whole).substr(0, size), id, question);
    if (reply) BOOST_TEST((reply->answer.outcome == Outcome::failure), size);
  }
  BOOST_TEST((read_reply(whole, id, question)->answer.outcome == Outcome::records));
}

BOOST_AUTO_TEST_CASE(of_many_records_only_the_first_thousand_are_read) {
  const std::vector<std::string> many(1500, dns_record("host.test", "A 192.0.2.1"));
  BOOST_TEST(answer_of(host, many).addresses.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(a_negative_time_to_live_is_none) {
  BOOST_TEST((answer_of(host, {dns_record("host.test", "A 192.0.2.1", 0xffffffff)}).ttl == 0s));
}

BOOST_AUTO_TEST_SUITE_END()
