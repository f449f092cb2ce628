// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/outgoing.h"

#include <algorithm>

#include "base/error.h"
#include "msrp/text.h"

namespace msrp {

Outgoing::Outgoing(Path to_path, Path from_path, std::size_t chunk_size, Random random)
    : to_path_(std::move(to_path)),
      from_path_(std::move(from_path)),
      chunk_size_(std::clamp(chunk_size, smallest_chunk, largest_chunk)),
      random_(std::move(random)) {}

std::string Outgoing::add(Draft draft) { return queue(std::move(draft), false); }

void Outgoing::add_notice(Draft draft) {
  draft.success_report = false;
  draft.failure_report = FailureReport::no;
  queue(std::move(draft), true);
}

std::string Outgoing::queue(Draft draft, bool notice) {
  using base::Errc, base::Error;
  if (!is_content_type(draft.content_type)) throw Error(Errc::invalid_argument, "the content type is none");
  if (messages_.size() >= most_messages || bytes_waiting_ + draft.body.size() > most_bytes)
    throw Error(Errc::limit_reached, "too many messages of this chat wait for the peer");
  const std::string id = choose_id(random_);
  const std::size_t size = draft.body.size();
  bytes_waiting_ += size;
  messages_.insert_or_assign(id, Message{std::move(draft), size, notice, ++queued_});
  (size <= chunk_size_ ? short_ : long_).push_back(id);
  return id;
}

std::string Outgoing::refuse(unsigned code, const std::string& reason) {
  const std::string id = choose_id(random_);
  verdicts_.push_back({id, false, code, reason, {}});
  return id;
}

bool Outgoing::write_next(std::string& out, Time now) {
  if (!aborts_.empty()) {
    write_abort(out);
    return true;
  }
  std::string id;
  Message* message = choose(id);
  if (!message || !may_send(*message)) return false;
  write_chunk(id, *message, out, now);
  return true;
}

// The first of the queue that has no verdict yet.
Outgoing::Message* Outgoing::first_of(std::deque<std::string>& ids) {
  while (!ids.empty()) {
    const auto found = messages_.find(ids.front());
    if (found != messages_.end() && !found->second.all_sent) return &found->second;
    ids.pop_front();
  }
  return nullptr;
}

// A short message waits for one chunk of a long one at most, and the long one for one short message.
Outgoing::Message* Outgoing::choose(std::string& id) {
  Message* one = first_of(short_);
  Message* many = first_of(long_);
  const bool take_long = many && (!one || long_is_next_);
  long_is_next_ = many && !take_long;
  if (take_long) id = long_.front();
  if (!take_long && one) id = short_.front();
  return take_long ? many : one;
}

bool Outgoing::may_send(const Message& message) const {
  if (message.draft.failure_report != FailureReport::yes || in_flight_ == 0) return true;
  const std::size_t size = std::min(chunk_size_, message.size - message.sent);
  return in_flight_ < most_in_flight && bytes_in_flight_ + size <= most_bytes_in_flight;
}

void Outgoing::write_chunk(const std::string& id, Message& message, std::string& out, Time now) {
  const std::size_t size = std::min(chunk_size_, message.size - message.sent);
  const std::string_view body = std::string_view(message.draft.body).substr(message.sent, size);
  Request request{choose_transaction(body, random_), "SEND", {}};
  request.headers.to_path = to_path_;
  request.headers.from_path = from_path_;
  request.headers.message_id = id;
  request.headers.success_report = message.draft.success_report;
  request.headers.failure_report = message.draft.failure_report;
  request.headers.content_type = message.draft.content_type;
  request.headers.byte_range = ByteRange{message.sent + 1, message.sent + size, message.size};
  // RFC 4975, 7.1.1: what is longer may be interrupted, so its end is not promised.
  if (size > smallest_chunk) request.headers.byte_range->end.reset();
  message.all_sent = message.sent + size == message.size;
  write(request, body, message.all_sent ? Flag::complete : Flag::more, out);

  message.sent += size;
  bytes_waiting_ -= size;
  if (message.all_sent) message.draft.body = {};
  if (message.draft.failure_report != FailureReport::no) {
    const bool counted = message.draft.failure_report == FailureReport::yes;
    transactions_.push_back({std::move(request.transaction), id, size, counted, now + transaction_time});
    ++message.unanswered;
    if (counted) {
      ++in_flight_;
      bytes_in_flight_ += size;
    }
  }
  settle(std::string(id), message, now);
}

// RFC 4975, 7.1.1: a message that is given up ends with "#", for the peer to forget it.
void Outgoing::write_abort(std::string& out) {
  Request request{choose_transaction({}, random_), "SEND", std::move(aborts_.front())};
  aborts_.pop_front();
  request.headers.to_path = to_path_;
  request.headers.from_path = from_path_;
  request.headers.failure_report = FailureReport::no;
  write(request, {}, Flag::aborted, out);
}

// Concludes the message if nothing more is to be waited for.
void Outgoing::settle(const std::string& id, Message& message, Time now) {
  if (!message.all_sent || message.unanswered > 0) return;
  if (!message.draft.success_report) {
    conclude(id, {id, true, 200, "OK", {}});
  } else if (!message.report_due) {
    message.report_due =
        reports_.emplace(now + transaction_time + std::chrono::seconds(message.size / slowest_path), id);
  }
}

bool Outgoing::answered(const Response& response, Time now) {
  const auto found = std::find_if(transactions_.begin(), transactions_.end(),
                                  [&](const Transaction& row) { return row.id == response.transaction; });
  if (found == transactions_.end()) return false;  // too late, or to nothing of ours
  const Transaction transaction = std::move(*found);
  transactions_.erase(found);
  close(transaction);
  unanswered_ = 0;
  const auto message = messages_.find(transaction.message_id);
  if (message == messages_.end()) return true;
  if (response.code / 100 == 2) {
    --message->second.unanswered;
    settle(transaction.message_id, message->second, now);
  } else {
    conclude(transaction.message_id, {transaction.message_id, false, response.code, response.comment, response});
  }
  return true;
}

void Outgoing::close(const Transaction& transaction) {
  if (!transaction.counted) return;
  --in_flight_;
  bytes_in_flight_ -= transaction.size;
}

void Outgoing::reported(const Request& report) {
  const auto found = messages_.find(report.headers.message_id);
  if (found == messages_.end() || !report.headers.status) return;  // RFC 4975, 7.1.2: what is unknown is ignored
  const auto& [code, comment] = *report.headers.status;
  Message& message = found->second;
  const std::string id = found->first;
  unanswered_ = 0;
  if (code / 100 != 2) {
    conclude(id, {id, false, code, comment, report});
    return;
  }
  // Some peers report each chunk, others the whole. What was not sent cannot have arrived.
  const ByteRange range = report.headers.byte_range.value_or(ByteRange{});
  const std::uint64_t end = std::min<std::uint64_t>(range.end.value_or(message.size), message.sent);
  message.reported.add(std::max<std::uint64_t>(range.start, 1) - 1, end);
  if (message.all_sent && message.reported.cover(message.size)) conclude(id, {id, true, code, comment, report});
}

void Outgoing::expire(Time now) {
  while (!transactions_.empty() && transactions_.front().deadline <= now) {
    const Transaction transaction = std::move(transactions_.front());
    transactions_.pop_front();
    close(transaction);
    if (transaction.counted) ++unanswered_;
    const auto found = messages_.find(transaction.message_id);
    if (found == messages_.end()) continue;
    if (transaction.counted) {
      conclude(transaction.message_id, {transaction.message_id, false, 408, "no answer came", {}});
    } else {
      // RFC 4975, 7.1.1: to "partial", no answer is a good one.
      --found->second.unanswered;
      settle(transaction.message_id, found->second, now);
    }
  }
  while (!reports_.empty() && reports_.begin()->first <= now) {
    const std::string id = reports_.begin()->second;
    conclude(id, {id, false, 408, "no report came", {}});
  }
}

std::optional<Time> Outgoing::deadline() const {
  std::optional<Time> first;
  if (!transactions_.empty()) first = transactions_.front().deadline;
  if (!reports_.empty()) first = std::min(first.value_or(Time::max()), reports_.begin()->first);
  return first;
}

void Outgoing::fail_all(unsigned code, const std::string& reason) {
  std::map<std::uint64_t, std::string> in_order;
  for (const auto& [id, message] : messages_) in_order.emplace(message.number, id);
  for (const auto& [number, id] : in_order) conclude(id, {id, false, code, reason, {}});
  short_.clear();
  long_.clear();
  aborts_.clear();
  transactions_.clear();
  in_flight_ = 0;
  bytes_in_flight_ = 0;
}

// The one place where a message gets its verdict: with it, it is forgotten.
void Outgoing::conclude(const std::string& id, Verdict verdict) {
  const auto found = messages_.find(id);
  Message& message = found->second;
  if (message.report_due) reports_.erase(*message.report_due);
  bytes_waiting_ -= message.size - message.sent;
  if (!message.all_sent && message.sent > 0) {
    Headers headers;
    headers.message_id = id;
    headers.content_type = message.draft.content_type;
    headers.byte_range = ByteRange{message.sent + 1, message.sent, message.size};
    aborts_.push_back(std::move(headers));
  }
  if (!message.notice) verdicts_.push_back(std::move(verdict));
  messages_.erase(found);
}

std::optional<Verdict> Outgoing::next_verdict() {
  if (verdicts_.empty()) return {};
  Verdict verdict = std::move(verdicts_.front());
  verdicts_.pop_front();
  return verdict;
}

}  // namespace msrp
