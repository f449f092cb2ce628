// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/chat.h"

#include <utility>

#include "msrp/text.h"

namespace msrp {
namespace {

constexpr unsigned ok = 200, bad_request = 400, timeout = 408, too_large = 413, unsupported_type = 415,
                   no_session = 481, unknown_method = 501, in_use = 506;

// RFC 4975, 7.1 and RFC 4976, 4: past our own relays and those of the peer.
Path outgoing_path(const ChatOptions& options) {
  Path path(options.local_path.begin(), options.local_path.end() - 1);
  path.insert(path.end(), options.remote_path.begin(), options.remote_path.end());
  return path;
}

// RFC 4975, 7.3: a request is for this session by its To-Path, all of whose relays are behind it. What a relay reports
// itself has the relay's From-Path (RFC 4976, 6.4), anything else ends with the peer's own URI.
bool belongs(const Request& request, const ChatOptions& options) {
  const Path& to = request.headers.to_path;
  if (to.size() != 1 || !equivalent(to.front(), options.local_path.back())) return false;
  return request.method == "REPORT" || equivalent(request.headers.from_path.back(), options.remote_path.back());
}

void earliest(std::optional<Time>& first, const std::optional<Time>& other) {
  if (other && (!first || *other < *first)) first = other;
}

bool is_past(const std::optional<Time>& deadline, Time now) { return deadline && *deadline <= now; }

}  // namespace

Chat::Chat(ChatOptions options, Budget& budget, Random random)
    : options_(std::move(options)),
      random_(std::move(random)),
      reassembly_(options_.max_message_size, budget),
      outgoing_(outgoing_path(options_), {options_.local_path.back()}, options_.chunk_size, random_) {}

std::string Chat::send(Letter letter) {
  auto draft = pack(std::move(letter), options_.remote_accepted);
  return draft ? send(std::move(*draft)) : outgoing_.refuse(unsupported_type, "the peer does not take this type");
}

std::string Chat::send(Draft draft) {
  if (state_ == State::ended) return outgoing_.refuse(0, "the chat has ended");
  if (draft.body.size() > options_.remote_max_size.value_or(largest_position))
    return outgoing_.refuse(too_large, "the peer takes no message of this size");
  if (!accepts(options_.remote_accepted.bare, draft.content_type))
    return outgoing_.refuse(unsupported_type, "the peer does not take this type");
  std::string id = outgoing_.add(std::move(draft));
  ++counters_.sent_messages;
  return id;
}

void Chat::send_composing(const Composing& composing, Letter envelope) {
  const AcceptedTypes& peer = options_.remote_accepted;
  if (state_ == State::ended) return;
  if (accepts(peer.bare, composing_type))
    return outgoing_.add_notice({std::string(composing_type), to_text(composing)});
  // Rooms take all in a wrapper. But who names nothing within one may show a notice that it cannot read.
  if (!accepts(peer.bare, cpim_type) || !accepts(peer.wrapped, composing_type)) return;
  envelope.content_type = composing_type;
  envelope.content = to_text(composing);
  outgoing_.add_notice(*pack(std::move(envelope), peer));
}

void Chat::send_request(const Request& request) {
  if (state_ == State::waiting || state_ == State::ended) return;
  write(request, {}, Flag::complete, answers_);
  owners_transaction_ = request.transaction;
}

unsigned Chat::admit(const Request& request) const {
  if (state_ == State::ended || request.method != "SEND" || !belongs(request, options_)) return no_session;
  return state_ == State::waiting ? ok : in_use;
}

void Chat::connect(Time now, bool shared) {
  if (state_ != State::waiting) return;
  state_ = State::binding;
  shared_ = shared;
  bind_deadline_ = now + transaction_time;
  // RFC 4975, 5.4: who connects sends at once, so that the other side learns whose connection it is.
  if (options_.active) probe(now);
}

void Chat::bind() {
  state_ = State::bound;
  bind_deadline_.reset();
  events_.push_back(DidBind{});
}

void Chat::take(Event&& event, std::size_t size, Time now) {
  if (state_ == State::waiting || state_ == State::ended) return;
  counters_.received_bytes += size;
  if (options_.keep_alive.count() > 0) silence_deadline_ = now + options_.keep_alive;
  if (auto* request = std::get_if<Request>(&event)) {
    current_ = Current{std::move(*request)};
    current_->code = judge(current_->request);
    // Told early, the peer need not send the rest (RFC 4975, 10.5).
    if (current_->code == too_large) answer_current();
  } else if (const auto* response = std::get_if<Response>(&event)) {
    current_.reset();
    take_response(*response, now);
  } else if (const auto* piece = std::get_if<Piece>(&event)) {
    if (current_) take_piece(piece->bytes);
  } else if (const auto* end = std::get_if<End>(&event)) {
    if (current_) end_request(end->flag, now);
    current_.reset();
  }
}

// What the head of the request says for its answer.
unsigned Chat::judge(const Request& request) {
  if (!belongs(request, options_)) return no_session;
  if (request.method == "REPORT") return ok;
  if (request.method != "SEND") return unknown_method;
  if (state_ == State::binding && !options_.active) bind();
  if (request.headers.content_type.empty()) return ok;  // to bind, or to keep alive
  if (!accepts(options_.accepted.bare, request.headers.content_type)) return unsupported_type;
  return reassembly_.begin(request.headers);
}

void Chat::take_piece(std::string_view bytes) {
  Current& current = *current_;
  if (current.code == ok && current.request.method == "SEND") {
    const bool typed = !current.request.headers.content_type.empty();
    current.code = typed ? reassembly_.add(bytes) : unsupported_type;
    if (current.code != ok) answer_current();
    return;
  }
  // A body that is refused is passed over, and is not endless.
  current.refused += bytes.size();
  if (current.refused > options_.max_message_size + longest_cpim_head)
    fail(too_large, "the peer goes on with what was refused");
}

void Chat::end_request(Flag flag, Time now) {
  Current& current = *current_;
  const Headers& headers = current.request.headers;
  if (current.request.method == "REPORT") {
    // RFC 4975, 7.1.2: a report is never answered.
    if (current.code == ok) outgoing_.reported(current.request);
    return;
  }
  std::optional<std::size_t> whole;
  if (current.code == ok && !headers.content_type.empty()) {
    Reassembly::Ended ended = reassembly_.end(flag, now);
    current.code = ended.code;
    if (ended.whole) {
      whole = ended.whole->size();
      current.code = deliver(std::move(*ended.whole));
    }
  }
  answer_current();
  // One report for a whole message that was taken, none for any other.
  if (whole && current.code == ok && headers.success_report) write_report(current.request, *whole);
}

// A whole message. Its code is that of its last chunk.
unsigned Chat::deliver(std::string body) {
  GotMessage message{current_->request, current_->request.headers.content_type, std::move(body), {}};
  if (media_type(message.content_type) == cpim_type) {
    message.wrapper = cpim_from_text(message.content);
    if (!message.wrapper) return bad_request;
    message.content_type = message.wrapper->content_type;
    message.content = std::move(message.wrapper->content);
    message.wrapper->content.clear();
    if (!accepts_wrapped(options_.accepted, message.content_type)) return unsupported_type;
  }
  if (message.content.size() > options_.max_message_size) return too_large;
  if (media_type(message.content_type) == composing_type) {
    auto notice = composing_from_text(message.content);
    if (!notice) return bad_request;
    events_.push_back(GotComposing{std::move(*notice), std::move(message.wrapper)});
    return ok;
  }
  ++counters_.received_messages;
  events_.push_back(std::move(message));
  return ok;
}

void Chat::answer_current() {
  if (std::exchange(current_->answered, true)) return;
  if (wants_answer(current_->request, current_->code)) write(answer(current_->request, current_->code), answers_);
}

void Chat::write_report(const Request& request, std::size_t size) {
  Request report = report_on(request, {ok, comment_of(ok)}, size);
  report.transaction = choose_transaction({}, random_);
  write(report, {}, Flag::complete, answers_);
}

void Chat::take_response(const Response& response, Time now) {
  if (response.transaction == owners_transaction_) {
    owners_transaction_.clear();
    events_.push_back(GotAnswer{response});
    return;
  }
  // RFC 4975, 10.8 and 10.10: for the peer there is no such session, or not on this connection.
  const bool refused = response.code == no_session || response.code == in_use;
  const std::string reason = "the peer refuses the session: " + response.comment;
  if (probe_ && probe_->transaction == response.transaction) {
    probe_.reset();
    if (state_ == State::binding) return response.code / 100 == 2 ? bind() : fail(response.code, reason);
    if (refused) fail(response.code, reason);
  } else if (outgoing_.answered(response, now) && refused) {
    fail(response.code, reason);
  }
}

// As before connect(). What the peer has begun here, it must begin again.
void Chat::retreat() {
  state_ = State::waiting;
  bind_deadline_.reset();
  silence_deadline_.reset();
  probe_.reset();
  answers_.clear();
  current_.reset();
  reassembly_.clear();
  events_.push_back(DidNotBind{});
}

void Chat::probe(Time now) {
  Request request{choose_transaction({}, random_), "SEND", {}};
  request.headers.to_path = outgoing_path(options_);
  request.headers.from_path = {options_.local_path.back()};
  request.headers.message_id = choose_id(random_);
  request.headers.byte_range = ByteRange{1, 0, 0};
  write(request, {}, Flag::complete, answers_);
  probe_ = Probe{std::move(request.transaction), now + transaction_time};
}

bool Chat::write_answers(std::string& out) {
  if (answers_.empty()) return false;
  counters_.sent_bytes += answers_.size();
  out += std::exchange(answers_, {});
  return true;
}

bool Chat::write_next(std::string& out, Time now) {
  if (write_answers(out)) return true;
  const std::size_t before = out.size();
  if (state_ != State::bound || !outgoing_.write_next(out, now)) return false;
  counters_.sent_bytes += out.size() - before;
  return true;
}

void Chat::expire(Time now) {
  if (state_ == State::waiting || state_ == State::ended) return;
  reassembly_.expire(now);
  outgoing_.expire(now);
  if (outgoing_.unanswered() >= most_unanswered) return fail(timeout, "the peer answers nothing");
  if (is_past(bind_deadline_, now)) return fail(timeout, "the peer does not take up the session");
  if (probe_ && probe_->deadline <= now) return fail(timeout, "the peer does not answer");
  if (is_past(silence_deadline_, now)) {
    silence_deadline_ = now + options_.keep_alive;
    if (state_ == State::bound && !probe_) probe(now);
  }
}

std::optional<Time> Chat::deadline() const {
  if (state_ == State::waiting || state_ == State::ended) return {};
  std::optional<Time> first = outgoing_.deadline();
  earliest(first, reassembly_.deadline());
  earliest(first, bind_deadline_);
  if (probe_) earliest(first, probe_->deadline);
  earliest(first, silence_deadline_);
  return first;
}

void Chat::end(unsigned code, const std::string& reason) {
  if (state_ == State::ended) return;
  state_ = State::ended;
  outgoing_.fail_all(code, reason);
  reassembly_.clear();
  current_.reset();
}

void Chat::fail(unsigned code, const std::string& reason) {
  if (state_ == State::waiting || state_ == State::ended) return;
  if (state_ == State::binding && shared_) return retreat();
  end(code, reason);
  collect_verdicts();
  events_.push_back(DidFail{code, reason});
}

void Chat::collect_verdicts() {
  while (auto verdict = outgoing_.next_verdict()) events_.push_back(std::move(*verdict));
}

std::optional<ChatEvent> Chat::next_event() {
  collect_verdicts();
  if (events_.empty()) return {};
  ChatEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

}  // namespace msrp
