// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdint>
#include <cstdlib>
#include <map>

#include "msrp/link.h"

// Two chats on one connection, the second of which joins when it is asked for, not always at once, or of itself, may be
// refused there, and may leave; their peer says anything at all, in parts and with time passing between them. Where the
// input holds "\x01", the next byte says what happens: time passes, one sends something, the other comes or goes.
// Whatever comes: memory stays within its limits, what we write is MSRP, no message is larger than allowed, and in the
// end each message that was sent has exactly one verdict.
namespace {

constexpr std::size_t largest = 2000;

void require(bool good) {
  if (!good) std::abort();
}

class Session {
 public:
  Session() : link_([this](const msrp::Request& request) { return admit(request); }) {
    link_.add(chat_);
    chat_.connect(now_);
  }

  void act(std::uint8_t what) {
    if (what < 8) send(what % 2 == 0 ? chat_ : other_, std::string(std::size_t{1} << (2 * what), 'x'));
    if (what >= 8 && what < 128) now_ += std::chrono::seconds(what);
    if (what < 128) expire();
    if (what >= 128) collect();
    if (what >= 160 && what < 192) join();
    if (what >= 240) leave();
    if (what >= 192 && what < 240) {
      awaited_ = what < 208;
      link_.resume(what >= 224, now_);
    }
  }

  void receive(std::string_view bytes) {
    link_.receive(bytes, now_);
    require(budget_.used <= budget_.most + 2 * (msrp::Reassembly::most_half_open + 1) * budget_.of_short);
  }

  void finish() {
    collect();
    leave();
    chat_.end(0, "over");
    other_.end(0, "over");
    collect();
    require(budget_.used == 0);
    for (const auto& [id, count] : verdicts_) require(count == 1);
  }

 private:
  static msrp::ChatOptions options(const char* path, bool active) {
    msrp::ChatOptions options;
    options.active = active;
    options.local_path = *msrp::path_from_text(path);
    options.remote_path = *msrp::path_from_text("msrp://a/1;tcp");
    options.accepted = options.remote_accepted = {{"*"}, {}};
    options.max_message_size = largest;
    options.chunk_size = 2048;
    options.keep_alive = std::chrono::seconds(60);
    return options;
  }

  std::optional<unsigned> admit(const msrp::Request& request) {
    if (request.headers.to_path.front().session_id != other_.session_id()) return 481;
    const unsigned code = other_.admit(request);
    if (code != 200) return code;
    if (awaited_) return {};
    join();
    return 200;
  }

  void join() {
    if (!link_.has(other_)) link_.add(other_);
    other_.connect(now_, true);
    link_.wake(other_);
  }

  void send(msrp::Chat& chat, std::string body) {
    verdicts_.emplace(chat.send(msrp::Draft{"text/plain", std::move(body)}), 0);
    if (link_.has(chat)) link_.wake(chat);
  }

  void expire() {
    link_.expire(now_);
    for (msrp::Chat* chat : {&chat_, &other_}) {
      chat->expire(now_);
      if (link_.has(*chat)) link_.wake(*chat);
    }
  }

  void leave() {
    link_.remove(other_);
    other_.end(0, "left");
  }

  void collect() {
    std::string_view bytes = link_.output(now_);
    const std::size_t size = bytes.size();
    while (const auto event = parser_.next(bytes)) require(!std::holds_alternative<msrp::Fault>(*event));
    if (size > 0) link_.written(size, now_);
    for (const msrp::Chat* chat : link_.take_touched()) require(chat == &chat_ || chat == &other_);
    for (msrp::Chat* chat : {&chat_, &other_})
      while (const auto event = chat->next_event()) {
        if (std::holds_alternative<msrp::DidNotBind>(*event)) link_.remove(*chat);
        if (const auto* message = std::get_if<msrp::GotMessage>(&*event)) require(message->content.size() <= largest);
        if (const auto* verdict = std::get_if<msrp::Verdict>(&*event)) {
          require(verdicts_.contains(verdict->message_id));
          ++verdicts_[verdict->message_id];
        }
      }
  }

  msrp::Budget budget_{.most = 5000, .of_session = 2000, .of_short = 100};
  msrp::Time now_{};
  std::uint64_t number_ = 1;
  msrp::Chat chat_{options("msrp://b/2;tcp", false), budget_, [this] { return number_++; }};
  msrp::Chat other_{options("msrp://b/3;tcp", true), budget_, [this] { return number_++; }};
  bool awaited_ = false;
  msrp::Link link_;
  msrp::Parser parser_;
  std::map<std::string, unsigned> verdicts_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Session session;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  while (!input.empty()) {
    const auto mark = input.find('\x01');
    session.receive(input.substr(0, mark));
    input.remove_prefix(std::min(mark, input.size()));
    if (input.size() >= 2) session.act(static_cast<std::uint8_t>(input[1]));
    input.remove_prefix(std::min<std::size_t>(2, input.size()));
  }
  session.finish();
  return 0;
}
