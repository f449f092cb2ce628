// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/reassembly.h"

#include <algorithm>

#include "msrp/text.h"

namespace msrp {
namespace {

constexpr unsigned ok = 200, bad_request = 400, too_large = 413;

// Whether the numbers can be meant together (RFC 4975, 7.1.1). An empty chunk ends one before its start.
bool is_sound(const ByteRange& range) {
  if (range.start == 0) return false;
  if (range.end && *range.end + 1 < range.start) return false;
  if (!range.total) return true;
  return range.start <= *range.total + 1 && (!range.end || *range.end <= *range.total);
}

}  // namespace

unsigned Reassembly::begin(const Headers& headers) {
  id_ = headers.message_id;
  message_ = {};
  most_ = max_message_size_ + (media_type(headers.content_type) == cpim_type ? longest_cpim_head : 0);
  range_ = headers.byte_range.value_or(ByteRange{});  // RFC 4975, 7.1.1: absent, it is 1-*/*
  overrun_ = duplicate_ = false;
  const unsigned code = take_up();
  return code == ok ? ok : drop(code);
}

// Finds the message of the chunk, or begins it.
unsigned Reassembly::take_up() {
  const auto found = messages_.find(id_);
  const bool is_new = found == messages_.end();
  if (!is_new) {
    message_ = std::move(found->second);
    messages_.erase(found);
  }
  if (!is_sound(range_)) return bad_request;
  position_ = range_.start - 1;
  from_start_ = is_new && position_ == 0;
  if (is_new && !from_start_) {
    // The rest of what was refused is refused alike; that of a whole message came twice.
    const auto settled =
        std::find_if(settled_.rbegin(), settled_.rend(), [&](const Settled& row) { return row.id == id_; });
    duplicate_ = settled != settled_.rend() && settled->code == ok;
    if (settled != settled_.rend()) return settled->code;
  }
  if (range_.total.value_or(0) > most_ || position_ > most_) return too_large;
  if (message_.total && range_.total && message_.total != range_.total) return bad_request;
  if (range_.total) message_.total = range_.total;
  return ok;
}

bool Reassembly::hold(std::size_t size) {
  const std::size_t whole = message_.held + size;
  if (whole > most_) return false;
  const bool fits = budget_.used + size <= budget_.most && held_ + size <= most_ + budget_.of_session;
  if (!fits && whole > budget_.of_short) return false;
  budget_.used += size;
  held_ += size;
  message_.held += size;
  return true;
}

void Reassembly::give_back(std::size_t size) {
  budget_.used -= size;
  held_ -= size;
  message_.held -= size;
}

unsigned Reassembly::add(std::string_view piece) {
  if (duplicate_) return ok;
  const std::uint64_t end = position_ + piece.size();
  if (end > most_) return drop(too_large);
  const std::uint64_t told = std::min(range_.end.value_or(largest_position), message_.total.value_or(largest_position));
  overrun_ = overrun_ || end > told;
  // Only a message of one chunk may be longer than it says: some peers count characters and not bytes, and where it
  // ends is plain.
  if (overrun_ && !from_start_) return drop(bad_request);
  if (position_ > message_.bytes.size()) {
    if (!add_later(piece)) return drop(too_large);
  } else {
    // RFC 4975, 7.3.1: where chunks overlap, what came last counts.
    const auto over =
        static_cast<std::size_t>(std::min<std::uint64_t>(message_.bytes.size() - position_, piece.size()));
    if (!hold(piece.size() - over)) return drop(too_large);
    std::copy_n(piece.begin(), over, message_.bytes.begin() + static_cast<std::ptrdiff_t>(position_));
    message_.bytes += piece.substr(over);
    join_later();
  }
  position_ = end;
  message_.furthest = std::max(message_.furthest, end);
  return ok;
}

// Behind a gap. What it overlaps of other such pieces came before it, and is given up.
bool Reassembly::add_later(std::string_view piece) {
  auto& later = message_.later;
  cut_later(position_, position_ + piece.size());
  if (!hold(piece.size())) return false;
  const auto behind = later.lower_bound(position_);
  if (behind != later.begin() && std::prev(behind)->first + std::prev(behind)->second.size() == position_) {
    std::prev(behind)->second += piece;
    return true;
  }
  if (later.size() >= most_later) return false;
  later.emplace_hint(behind, position_, piece);
  return true;
}

// Gives up what waits from begin to before end.
void Reassembly::cut_later(std::uint64_t begin, std::uint64_t end) {
  auto& later = message_.later;
  auto at = later.lower_bound(begin);
  if (at != later.begin() && std::prev(at)->first + std::prev(at)->second.size() > begin) --at;
  while (at != later.end() && at->first < end) {
    const std::uint64_t first = at->first, last = first + at->second.size();
    const std::string bytes = std::move(at->second);
    at = later.erase(at);
    if (first < begin) later.emplace(first, bytes.substr(0, static_cast<std::size_t>(begin - first)));
    if (last > end) later.emplace(end, bytes.substr(static_cast<std::size_t>(end - first)));
    give_back(static_cast<std::size_t>(std::min(last, end) - std::max(first, begin)));
  }
}

// Takes over what waited behind a gap that is filled. What has come since counts more.
void Reassembly::join_later() {
  auto& later = message_.later;
  while (!later.empty() && later.begin()->first <= message_.bytes.size()) {
    const std::string& bytes = later.begin()->second;
    const auto over =
        static_cast<std::size_t>(std::min<std::uint64_t>(message_.bytes.size() - later.begin()->first, bytes.size()));
    give_back(over);
    message_.bytes.append(bytes, over);
    later.erase(later.begin());
  }
}

Reassembly::Ended Reassembly::end(Flag flag, Time now) {
  if (duplicate_) return {};
  if (flag == Flag::aborted) {
    drop(ok);
    return {};
  }
  // Numbers that are too small are forgiven only to a message of one chunk.
  if (overrun_ && flag != Flag::complete) return {drop(bad_request), {}};
  // The end-line says where the message ends, whatever its total was said to be: so is an example of RFC 4975 (12.1).
  if (flag == Flag::complete) message_.end = position_;
  if (message_.end && message_.furthest > *message_.end) return {drop(bad_request), {}};
  if (message_.end && message_.bytes.size() == *message_.end) {
    std::string whole = std::move(message_.bytes);
    drop(ok);
    return {ok, std::move(whole)};
  }
  if (messages_.size() >= most_half_open) return {drop(too_large), {}};
  message_.last = now;
  messages_.emplace(std::move(id_), std::move(message_));
  message_ = {};
  return {};
}

// Forgets the message of the chunk, but for its end.
unsigned Reassembly::drop(unsigned code) {
  release(message_);
  remember(code);
  return code;
}

void Reassembly::release(Message& message) {
  budget_.used -= message.held;
  held_ -= message.held;
  message = {};
}

void Reassembly::remember(unsigned code) {
  if (settled_.size() == most_settled) settled_.pop_front();
  settled_.push_back({id_, code});
}

void Reassembly::expire(Time now) {
  for (auto at = messages_.begin(); at != messages_.end();) {
    const bool due = at->second.last + patience <= now;
    if (due) release(at->second);
    at = due ? messages_.erase(at) : std::next(at);
  }
}

std::optional<Time> Reassembly::deadline() const {
  std::optional<Time> first;
  for (const auto& [id, message] : messages_) first = std::min(first.value_or(Time::max()), message.last + patience);
  return first;
}

void Reassembly::clear() {
  release(message_);
  for (auto& [id, message] : messages_) release(message);
  messages_.clear();
}

}  // namespace msrp
