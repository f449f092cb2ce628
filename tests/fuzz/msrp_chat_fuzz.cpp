// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdint>
#include <cstdlib>
#include <map>

#include "msrp/chat.h"

// A chat whose peer says anything at all, in parts and with time passing between them. Where the input holds "\x01",
// the next byte says what happens: time passes, or we send something. Whatever comes: memory stays within its limits,
// what we write is MSRP, no message is larger than allowed, and in the end each message that was sent has exactly one
// verdict.
namespace {

constexpr std::size_t largest = 2000;

void require(bool good) {
  if (!good) std::abort();
}

class Session {
 public:
  Session() : chat_(options(), budget_, [this] { return number_++; }) { chat_.connect(now_); }

  void act(std::uint8_t what) {
    if (what < 8) send(std::string(std::size_t{1} << (2 * what), 'x'));
    if (what >= 8 && what < 128) now_ += std::chrono::seconds(what);
    if (what < 128) chat_.expire(now_);
    if (what >= 128) collect();
  }

  void receive(std::string_view bytes) {
    chat_.receive(bytes, now_);
    require(budget_.used <= budget_.most + (msrp::Reassembly::most_half_open + 1) * budget_.of_short);
  }

  void finish() {
    collect();
    chat_.end(0, "over");
    collect();
    require(budget_.used == 0);
    for (const auto& [id, count] : verdicts_) require(count == 1);
  }

 private:
  static msrp::ChatOptions options() {
    msrp::ChatOptions options;
    options.local_path = *msrp::path_from_text("msrp://b/2;tcp");
    options.remote_path = *msrp::path_from_text("msrp://a/1;tcp");
    options.accepted = options.remote_accepted = {{"*"}, {}};
    options.max_message_size = largest;
    options.chunk_size = 2048;
    options.keep_alive = std::chrono::seconds(60);
    return options;
  }

  void send(std::string body) { verdicts_.emplace(chat_.send(msrp::Draft{"text/plain", std::move(body)}), 0); }

  void collect() {
    std::string_view bytes = chat_.output(now_);
    const std::size_t size = bytes.size();
    while (const auto event = parser_.next(bytes)) require(!std::holds_alternative<msrp::Fault>(*event));
    if (size > 0) chat_.written(size, now_);
    while (const auto event = chat_.next_event()) {
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
  msrp::Chat chat_;
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
