// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/link.h"

#include <algorithm>
#include <utility>

namespace msrp {
namespace {

constexpr unsigned ok = 200, bad_request = 400, timeout = 408, too_large = 413, no_session = 481;

bool is_past(const std::optional<Time>& deadline, Time now) { return deadline && *deadline <= now; }

}  // namespace

void Link::add(Chat& chat) { chats_.emplace(chat.session_id(), &chat); }

void Link::remove(Chat& chat) {
  if (!has(chat)) return;
  chats_.erase(chat.session_id());
  std::erase(ready_, &chat);
  std::erase(touched_, &chat);
  if (current_ == &chat) current_ = nullptr;
}

bool Link::has(const Chat& chat) const {
  const auto place = chats_.find(chat.session_id());
  return place != chats_.end() && place->second == &chat;
}

void Link::wake(Chat& chat) {
  touch(chat);
  if (std::find(ready_.begin(), ready_.end(), &chat) == ready_.end()) ready_.push_back(&chat);
}

void Link::touch(Chat& chat) {
  if (std::find(touched_.begin(), touched_.end(), &chat) == touched_.end()) touched_.push_back(&chat);
}

Chat* Link::find(const Path& to) const {
  if (to.empty()) return nullptr;
  const auto place = chats_.find(to.front().session_id);
  return place == chats_.end() ? nullptr : place->second;
}

void Link::receive(std::string_view bytes, Time now) {
  if (broken_) return;
  progress_ += bytes.size();
  if (held_)
    rest_.append(bytes);
  else
    read(bytes, now);
}

void Link::read(std::string_view bytes, Time now) {
  for (;;) {
    const std::size_t before = bytes.size();
    auto event = parser_.next(bytes);
    unread_ += before - bytes.size();
    if (!event) break;
    handle(std::move(*event), std::exchange(unread_, 0), now);
    if (broken_) return;
    if (held_) {
      rest_.assign(bytes);
      break;
    }
  }
  if (parser_.idle() || held_) {
    progress_deadline_.reset();
  } else if (!progress_deadline_) {
    progress_deadline_ = now + stall_time;
    progress_ = 0;
  }
}

void Link::handle(Event&& event, std::size_t size, Time now) {
  if (auto* request = std::get_if<Request>(&event)) return begin(std::move(*request), size, now);
  if (const auto* fault = std::get_if<Fault>(&event)) {
    current_ = nullptr;
    if (fault->remedy == Fault::Remedy::close) return fail(bad_request, fault->reason);
    if (fault->remedy == Fault::Remedy::answer) refuse(fault->request, bad_request);
    return;
  }
  if (const auto* response = std::get_if<Response>(&event)) {
    refused_ = 0;
    current_ = find(response->headers.to_path);
    // A peer that speaks of one session only may be careless about whose it is.
    if (!current_ && chats_.size() == 1) current_ = chats_.begin()->second;
  }
  if (!current_) return skip(event);
  const bool ends = std::holds_alternative<End>(event);
  current_->take(std::move(event), size, now);
  current_->write_answers(output_);
  wake(*current_);
  if (ends) current_ = nullptr;
}

void Link::begin(Request&& request, std::size_t size, Time now) {
  refused_ = 0;
  current_ = find(request.headers.to_path);
  if (!current_) {
    const std::optional<unsigned> code = admit_ ? admit_(request) : no_session;
    if (!code) {
      held_ = std::move(request);
      unread_ = size;
      return;
    }
    current_ = *code == ok ? find(request.headers.to_path) : nullptr;
    // Told early, the peer need not send the rest (RFC 4975, 10.5).
    if (!current_) return refuse(request, *code == ok ? no_session : *code);
  }
  current_->take(std::move(request), size, now);
  current_->write_answers(output_);
  wake(*current_);
}

void Link::resume(bool at_last, Time now) {
  if (!held_ || broken_) return;
  Request request = *std::exchange(held_, {});
  if (at_last)
    refuse(request, no_session);
  else
    begin(std::move(request), std::exchange(unread_, 0), now);
  if (held_) return;
  const std::string rest = std::exchange(rest_, {});
  read(rest, now);
}

// A body of nobody is passed over, and is not endless.
void Link::skip(const Event& event) {
  const auto* piece = std::get_if<Piece>(&event);
  if (piece && (refused_ += piece->bytes.size()) > most_refused)
    fail(too_large, "the peer goes on with what was refused");
}

void Link::refuse(const Request& request, unsigned code) {
  if (wants_answer(request, code)) write(answer(request, code), output_);
}

std::string_view Link::output(Time now) {
  while (!broken_ && !ready_.empty() && output_.size() - output_begin_ < most_ahead) {
    Chat& chat = *ready_.front();
    ready_.pop_front();
    if (!chat.write_next(output_, now)) continue;
    ready_.push_back(&chat);
    touch(chat);
  }
  const std::string_view waiting = std::string_view(output_).substr(output_begin_);
  if (!waiting.empty() && !drain_deadline_ && !broken_) drain_deadline_ = now + stall_time;
  return waiting;
}

void Link::written(std::size_t size, Time now) {
  output_begin_ += size;
  drain_deadline_.reset();
  if (output_begin_ >= output_.size()) {
    output_.clear();
    output_begin_ = 0;
    if (output_.capacity() > 4 * most_ahead) output_.shrink_to_fit();
    return;
  }
  if (!broken_) drain_deadline_ = now + stall_time;
  if (output_begin_ < output_.size() / 2) return;
  output_.erase(0, output_begin_);
  output_begin_ = 0;
}

void Link::expire(Time now) {
  if (broken_) return;
  if (is_past(drain_deadline_, now)) return fail(timeout, "the peer takes nothing");
  if (!is_past(progress_deadline_, now)) return;
  if (progress_ < least_progress) return fail(timeout, "the peer sends too slowly");
  progress_deadline_ = now + stall_time;
  progress_ = 0;
}

std::optional<Time> Link::deadline() const {
  if (broken_) return {};
  if (!progress_deadline_ || (drain_deadline_ && *drain_deadline_ < *progress_deadline_)) return drain_deadline_;
  return progress_deadline_;
}

// The connection is of no use to anybody.
void Link::fail(unsigned code, const std::string& reason) {
  broken_ = true;
  drain_deadline_.reset();
  progress_deadline_.reset();
  current_ = nullptr;
  for (const auto& [id, chat] : chats_) {
    chat->fail(code, reason);
    touch(*chat);
  }
}

}  // namespace msrp
