// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/outgoing.h"

#include "base/error.h"
#include "tests/unit/msrp/reading.h"

using namespace std::chrono_literals;
using msrp::ByteRange;
using msrp::Draft;
using msrp::FailureReport;
using msrp::Flag;
using msrp::Outgoing;
using msrp::Request;

namespace {

Draft text(std::string body) { return {"text/plain", std::move(body)}; }

struct Fixture {
  msrp::Time now{};
  std::uint64_t number = 1;
  Outgoing outgoing{*msrp::path_from_text("msrp://b/2;tcp"), *msrp::path_from_text("msrp://a/1;tcp"), 2048,
                    [this] { return number++ * 0x9e3779b97f4a7c15; }};

  // All that may be sent now.
  std::vector<Told> written() {
    std::string out;
    while (outgoing.write_next(out, now)) {
    }
    return read_whole(out);
  }

  static const Request& request(const Told& told) { return std::get<Request>(told.head); }

  void answer(const Told& told, unsigned code = 200) { outgoing.answered(msrp::answer(request(told), code), now); }

  void report(const std::string& id, unsigned code, std::optional<ByteRange> range) {
    Request report{"abcd", "REPORT", {}};
    report.headers.message_id = id;
    report.headers.status = msrp::Status{code, "said"};
    report.headers.byte_range = range;
    outgoing.reported(report);
  }

  // "200 OK" or "-408 no answer came" and so on, of all verdicts, after a check that each is of the id.
  std::string verdicts(const std::string& id = "") {
    std::string result;
    while (const auto verdict = outgoing.next_verdict()) {
      if (!id.empty()) BOOST_TEST(verdict->message_id == id);
      result += (verdict->delivered ? "" : "-") + std::to_string(verdict->code) + " " + verdict->reason + "\n";
    }
    return result;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outgoing_messages, Fixture)

BOOST_AUTO_TEST_CASE(a_short_message_is_one_chunk_and_delivered_by_its_report) {
  const std::string id = outgoing.add(text("hello"));
  const auto told = written();
  BOOST_REQUIRE(told.size() == 1u);
  const msrp::Headers& headers = request(told[0]).headers;
  BOOST_TEST(told[0].body == "hello");
  BOOST_TEST((told[0].flag == Flag::complete));
  BOOST_TEST(headers.message_id == id);
  BOOST_TEST(headers.byte_range->to_text() == "1-5/5");
  BOOST_TEST(headers.success_report);
  BOOST_TEST((headers.failure_report == FailureReport::yes));
  answer(told[0]);
  BOOST_TEST(verdicts() == "");
  report(id, 200, ByteRange{1, 5, 5});
  BOOST_TEST(verdicts(id) == "200 said\n");
  BOOST_TEST(outgoing.waiting() == 0u);
  BOOST_TEST(!outgoing.deadline().has_value());
}

BOOST_AUTO_TEST_CASE(a_report_may_come_before_the_answer) {
  const std::string id = outgoing.add(text("hello"));
  const auto told = written();
  report(id, 200, {});
  BOOST_TEST(verdicts(id) == "200 said\n");
  answer(told[0], 415);
  now += 1h;
  outgoing.expire(now);
  BOOST_TEST(verdicts() == "");
}

BOOST_AUTO_TEST_CASE(a_long_message_goes_in_chunks_whose_bytes_are_all_there) {
  std::string body;
  for (int i = 0; i < 5000; ++i) body += static_cast<char>(i % 251);
  outgoing.add(text(body));
  const auto told = written();
  BOOST_REQUIRE(told.size() == 3u);
  BOOST_TEST(told[0].body + told[1].body + told[2].body == body);
  BOOST_TEST(request(told[0]).headers.byte_range->to_text() == "1-2048/5000");
  BOOST_TEST(request(told[2]).headers.byte_range->to_text() == "4097-5000/5000");
  BOOST_TEST((told[1].flag == Flag::more));
  BOOST_TEST((told[2].flag == Flag::complete));
}

BOOST_AUTO_TEST_CASE(a_chunk_of_more_than_2048_bytes_does_not_promise_its_end) {
  Outgoing large(*msrp::path_from_text("msrp://b/2;tcp"), *msrp::path_from_text("msrp://a/1;tcp"), 4096,
                 [this] { return number++; });
  large.add(text(std::string(5000, 'x')));
  std::string out;
  BOOST_TEST(large.write_next(out, now));
  BOOST_TEST(request(read_whole(out).at(0)).headers.byte_range->to_text() == "1-*/5000");
}

BOOST_AUTO_TEST_CASE(a_short_message_waits_for_one_chunk_of_a_long_one_at_most) {
  outgoing.add(text(std::string(1'000'000, 'l')));
  std::string out;
  outgoing.write_next(out, now);
  outgoing.add(text("first"));
  outgoing.add(text("second"));
  std::string order;
  for (const Told& told : (outgoing.write_next(out, now), outgoing.write_next(out, now), outgoing.write_next(out, now),
                           outgoing.write_next(out, now), read_whole(out)))
    order += told.body[0];
  BOOST_TEST(order == "lflsl");
}

BOOST_AUTO_TEST_CASE(a_stream_of_short_messages_does_not_stop_a_long_one) {
  outgoing.add(text(std::string(100'000, 'l')));
  for (int i = 0; i < 40; ++i) outgoing.add(text("s"));
  std::size_t bytes = 0;
  for (const Told& told : written()) bytes += told.body.size();
  BOOST_TEST(bytes > 20u * 2048u);
}

BOOST_AUTO_TEST_CASE(what_is_under_way_without_an_answer_is_bounded) {
  for (int i = 0; i < 100; ++i) outgoing.add(text("s"));
  auto told = written();
  BOOST_TEST(told.size() == Outgoing::most_in_flight);
  answer(told[3]);
  BOOST_TEST(written().size() == 1u);

  outgoing.fail_all(0, "");
  outgoing.add(text(std::string(1'000'000, 'l')));
  std::size_t bytes = 0;
  for (const Told& one : written()) bytes += one.body.size();
  BOOST_TEST(bytes <= Outgoing::most_bytes_in_flight);
}

BOOST_AUTO_TEST_CASE(what_is_queued_is_bounded) {
  const auto is_limit = [](const base::Error& error) { return error.code() == base::Errc::limit_reached; };
  for (std::size_t i = 0; i < Outgoing::most_messages; ++i) outgoing.add(text("s"));
  BOOST_CHECK_EXCEPTION(outgoing.add(text("s")), base::Error, is_limit);
  outgoing.fail_all(0, "");
  outgoing.add(text(std::string(Outgoing::most_bytes, 'l')));
  BOOST_CHECK_EXCEPTION(outgoing.add(text("s")), base::Error, is_limit);
  outgoing.fail_all(0, "");
  outgoing.add(text("s"));
}

BOOST_AUTO_TEST_CASE(an_error_answer_is_the_verdict_and_the_rest_is_not_sent) {
  const std::string id = outgoing.add(text(std::string(1'000'000, 'l')));
  std::string out;
  outgoing.write_next(out, now);
  answer(read_whole(out).at(0), 413);
  BOOST_TEST(verdicts(id) == "-413 Message Too Large\n");
  const auto rest = written();
  BOOST_REQUIRE(rest.size() == 1u);
  BOOST_TEST((rest[0].flag == Flag::aborted));
  BOOST_TEST(rest[0].body.empty());
  BOOST_TEST(request(rest[0]).headers.message_id == id);
  BOOST_TEST(request(rest[0]).headers.byte_range->to_text() == "2049-2048/1000000");
  BOOST_TEST((request(rest[0]).headers.failure_report == FailureReport::no));
}

BOOST_AUTO_TEST_CASE(no_answer_in_30_seconds_is_a_verdict) {
  const std::string id = outgoing.add(text("hello"));
  const auto told = written();
  BOOST_TEST((outgoing.deadline() == now + 30s));
  now += 30s - 1ms;
  outgoing.expire(now);
  BOOST_TEST(verdicts() == "");
  now += 1ms;
  outgoing.expire(now);
  BOOST_TEST(verdicts(id) == "-408 no answer came\n");
  BOOST_TEST(outgoing.unanswered() == 1u);
  // Whatever comes now comes too late.
  answer(told[0]);
  report(id, 200, {});
  now += 1h;
  outgoing.expire(now);
  BOOST_TEST(verdicts() == "");
}

BOOST_AUTO_TEST_CASE(no_report_in_30_seconds_after_the_answer_is_a_verdict) {
  const std::string id = outgoing.add(text("hello"));
  answer(written().at(0));
  now += 30s;
  outgoing.expire(now);
  BOOST_TEST(verdicts(id) == "-408 no report came\n");
  report(id, 200, {});
  BOOST_TEST(verdicts() == "");
}

BOOST_AUTO_TEST_CASE(a_report_that_says_no_is_a_verdict) {
  const std::string id = outgoing.add(text("hello"));
  answer(written().at(0));
  report(id, 403, ByteRange{1, 5, 5});
  BOOST_TEST(verdicts(id) == "-403 said\n");
  report(id, 200, {});
  BOOST_TEST(verdicts() == "");
}

BOOST_AUTO_TEST_CASE(reports_on_each_chunk_are_one_verdict) {
  const std::string id = outgoing.add(text(std::string(5000, 'x')));
  for (const Told& told : written()) answer(told);
  report(id, 200, ByteRange{4097, 5000, 5000});
  report(id, 200, ByteRange{1, 2048, 5000});
  report(id, 200, ByteRange{1, 2048, 5000});
  BOOST_TEST(verdicts() == "");
  report(id, 200, ByteRange{2049, 4096, 5000});
  report(id, 200, ByteRange{2049, 4096, 5000});
  BOOST_TEST(verdicts(id) == "200 said\n");
}

BOOST_AUTO_TEST_CASE(a_report_on_what_was_not_sent_is_not_believed) {
  const std::string id = outgoing.add(text(std::string(5000, 'x')));
  report(id, 200, ByteRange{1, 5000, 5000});
  std::string out;
  outgoing.write_next(out, now);
  report(id, 200, ByteRange{1, 5000, 5000});
  BOOST_TEST(verdicts() == "");
  while (outgoing.write_next(out, now)) {
  }
  report(id, 200, ByteRange{1, 2048, 5000});
  BOOST_TEST(verdicts() == "");
  report(id, 200, ByteRange{0, msrp::largest_position, 0});
  BOOST_TEST(verdicts(id) == "200 said\n");
}

BOOST_AUTO_TEST_CASE(a_storm_of_reports_changes_nothing) {
  const std::string id = outgoing.add(text("hello"));
  answer(written().at(0));
  for (int i = 0; i < 10'000; ++i) {
    report("unknown" + std::to_string(i), 200 + static_cast<unsigned>(i % 300), {});
    report(id, 200, ByteRange{3, 2, 1});
  }
  BOOST_TEST(verdicts() == "");
  for (int i = 0; i < 10'000; ++i) report(id, i % 2 == 0 ? 200 : 400, {});
  BOOST_TEST(verdicts(id) == "200 said\n");
}

// Who asks for no report has the answers for a verdict (RFC 4975, 7.1.1).
BOOST_AUTO_TEST_CASE(without_a_report_the_answers_are_the_verdict) {
  outgoing.add({"text/plain", std::string(5000, 'x'), false, FailureReport::yes});
  const auto told = written();
  answer(told[0]);
  answer(told[2]);
  BOOST_TEST(verdicts() == "");
  answer(told[1]);
  BOOST_TEST(verdicts() == "200 OK\n");

  outgoing.add({"text/plain", "hello", false, FailureReport::partial});
  written();
  now += 30s;
  outgoing.expire(now);
  BOOST_TEST(verdicts() == "200 OK\n");

  outgoing.add({"text/plain", "hello", false, FailureReport::partial});
  answer(written().at(0), 415);
  BOOST_TEST(verdicts() == "-415 Unsupported Media Type\n");

  outgoing.add({"text/plain", "hello", false, FailureReport::no});
  written();
  BOOST_TEST(verdicts() == "200 OK\n");

  // No answers are waited for, but a report is.
  const std::string id = outgoing.add({"text/plain", "hello", true, FailureReport::no});
  written();
  BOOST_TEST(verdicts() == "");
  now += 30s;
  outgoing.expire(now);
  BOOST_TEST(verdicts(id) == "-408 no report came\n");
}

BOOST_AUTO_TEST_CASE(a_notice_asks_for_nothing_and_gets_no_verdict) {
  outgoing.add_notice({"application/im-iscomposing+xml", "<x/>"});
  const auto told = written();
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(!request(told[0]).headers.success_report);
  BOOST_TEST((request(told[0]).headers.failure_report == FailureReport::no));
  outgoing.add_notice({"application/im-iscomposing+xml", "<x/>"});
  outgoing.fail_all(0, "gone");
  BOOST_TEST(verdicts() == "");
}

BOOST_AUTO_TEST_CASE(all_that_waits_fails_once_and_in_order) {
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(outgoing.add(text(std::string(i % 3 == 0 ? 5000 : 5, 'x'))));
  answer(written().at(0));
  outgoing.fail_all(0, "gone");
  outgoing.fail_all(0, "gone again");
  for (const std::string& id : ids) {
    const auto verdict = outgoing.next_verdict();
    BOOST_REQUIRE(verdict.has_value());
    BOOST_TEST(verdict->message_id == id);
    BOOST_TEST(verdict->reason == "gone");
  }
  BOOST_TEST(!outgoing.next_verdict().has_value());
  BOOST_TEST(written().empty());
  BOOST_TEST(!outgoing.deadline().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
