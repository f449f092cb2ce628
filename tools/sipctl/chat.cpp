// SPDX-License-Identifier: LGPL-2.1-or-later
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>

#include "base/text.h"
#include "tools/sipctl/calls.h"
#include "tools/sipctl/conversation.h"
#include "tools/sipctl/lines.h"
#include "tools/sipctl/shown.h"

namespace sipctl {
namespace {

using Clock = std::chrono::steady_clock;

// Of ours, without a verdict: enough to keep the line busy, and little for the daemon to hold.
constexpr std::size_t most_pending = 32;
constexpr std::size_t most_pending_bytes = 1'000'000;
constexpr std::size_t longest_shown = 65536;        // at a terminal: some screens full
constexpr std::chrono::seconds usual_refresh{120};  // RFC 3994, 3.2

bool contains(const std::vector<std::string>& texts, const char* text) { return std::ranges::count(texts, text) > 0; }

// The value of a key of a dictionary; "" without one.
std::string entry(const Value& dictionary, const char* key) {
  for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2) {
    const Value& value = dictionary.items[i + 1];
    if (dictionary.items[i].text == key) return value.type == 'v' ? value.items.at(0).text : value.text;
  }
  return "";
}

// What the other party is called: its name, or the user of its URI, or all of that.
std::string name_of(const Properties& session) {
  const std::string name = text_of(session, "RemoteDisplayName");
  const std::string uri = text_of(session, "RemoteUri");
  const auto begin = uri.find(':') + 1;
  const auto end = uri.find('@');
  if (!name.empty()) return name;
  return end == uri.npos || end <= begin ? uri : uri.substr(begin, end - begin);
}

// "bob: hello"
std::string message_line(const Told& told, const std::string& name, std::size_t limit) {
  const Value& content = told.arguments.at(0).items.at(0);
  const std::string& type = told.arguments.at(1).text;
  const std::string from = entry(told.arguments.at(2), "From");
  const std::string sender = entry(told.arguments.at(3), "foreign_sender") == "true" ? from : name;
  const std::string size = std::to_string(content.text.size()) + " bytes";
  if (content.type != 's') return sender + " sent something of type " + type + ", " + size;
  const std::string before = sender + (type.starts_with("text/plain") ? "" : " (" + type + ")") + ": ";
  if (content.text.size() <= limit) return before + content.text;
  return before + std::string(base::beginning(content.text, limit)) + "... (" + size + ")";
}

// The command. What is typed at a terminal is a conversation, and anything else a script that wants to know the end.
class Chat {
 public:
  Chat(const Options& options, const Command& command)
      : options_(options), command_(command), conversation_(options), interactive_(::isatty(STDIN_FILENO) != 0) {}

  void run() {
    begin();
    while (go_on()) {
      const bool reads = active_ && !leaving_ && !lines_.ended() && has_room();
      const Watch::Woke woke = conversation_.wait(reads);
      if (woke.input) lines_.read();
      if (woke.stop) stop();
    }
    conclude();
  }

 private:
  void begin();
  bool go_on();
  void look_whether_active();
  void take_all();
  void take(const Told& told);
  void take_fault(const Told& told);
  void take_message(const Told& told);
  void take_end(const Told& told);
  void take_verdict(const Verdict& verdict, std::uint64_t time);
  void take_composing(const Told& told);
  void send_lines();
  void send(const std::string& line);
  void stop();
  void leave();
  void conclude();

  bool has_room() const { return pending_.size() < most_pending && pending_bytes_ < most_pending_bytes; }
  bool speaks() const { return interactive_ && !options_.json; }
  void say(const std::string& line) const;
  void say(std::uint64_t time, const std::string& line) const { say(clock_time(time, "%H:%M ") + line); }
  void complain(std::uint64_t time, const std::string& reason, const std::string& text);

  const Options& options_;
  const Command& command_;
  Conversation conversation_;
  bool interactive_;
  bool at_terminal_ = ::isatty(STDOUT_FILENO) != 0;  // what we print
  Lines lines_{STDIN_FILENO};
  std::string name_;                            // of the other party
  std::map<std::string, std::string> pending_;  // our messages without a verdict, by their ids
  std::size_t pending_bytes_ = 0;
  std::size_t given_ = 0;        // lines to send
  std::size_t undelivered_ = 0;  // of these
  std::string fault_;            // why the chat failed
  Clock::time_point composing_until_;
  bool active_ = false;
  bool leaving_ = false;
  bool interrupted_ = false;
  bool over_ = false;
};

void Chat::begin() {
  if (command_.uri.empty())
    conversation_.join(command_.session);
  else
    conversation_.call(command_);
  if (options_.json) std::cout << "{\"session\": " << to_json(conversation_.path()) << "}" << std::endl;
  if (speaks() && !command_.uri.empty()) say("calling " + command_.uri);
}

// Does what there is to do; false: that was all.
bool Chat::go_on() {
  take_all();
  if (!active_ && !leaving_ && !over_) look_whether_active();
  if (active_ && !leaving_ && !over_) send_lines();
  return !over_;
}

void Chat::take_all() {
  while (const auto told = conversation_.next()) take(*told);
}

void Chat::look_whether_active() {
  const Properties session = conversation_.properties();
  active_ = contains(texts_of(session, "Streams"), "chat");
  if (active_) {
    name_ = name_of(session);
    if (speaks()) say("chat with " + name_ + " <" + text_of(session, "RemoteUri") + ">; Control-D ends it");
  } else if (text_of(session, "State") == "ESTABLISHED" && !contains(texts_of(session, "ProposedStreams"), "chat")) {
    // Why was told before that answer.
    take_all();
    if (fault_.empty()) fault_ = "the other party takes no chat";
    if (!over_) leave();
  }
}

void Chat::take(const Told& told) {
  if (options_.json) print(options_, told);
  if (const auto verdict = verdict_of(told)) return take_verdict(*verdict, told.time);
  if (told.member == "SIPSessionGotRingIndication" && speaks()) say("ringing");
  if (told.member == "SIPSessionGotComposingIndication") take_composing(told);
  if (told.member == "SIPSessionGotMessage") take_message(told);
  take_fault(told);
  take_end(told);
}

void Chat::take_fault(const Told& told) {
  const auto text = [&](std::size_t i) { return told.arguments.at(i).text; };
  if (told.member == "SIPSessionStreamDidFail" && text(0) == "chat") fault_ = text(1);
  if (told.member == "SIPSessionRejectedStreamProposal") fault_ = "the chat was refused: " + text(1);
  if (told.member == "SIPSessionDidFail") fault_ = text(2) + " (" + text(1) + ", " + text(0) + ")";
  // Another program's doing.
  if (told.member == "SIPSessionDidEnd" && text(0) == "local" && !leaving_ && fault_.empty())
    fault_ = "it was ended on this side";
}

void Chat::take_message(const Told& told) {
  composing_until_ = {};
  // Messages may come before we have looked.
  if (name_.empty()) name_ = name_of(conversation_.properties());
  if (!options_.json) say(told.time, message_line(told, name_, at_terminal_ ? longest_shown : std::string::npos));
}

void Chat::take_end(const Told& told) {
  if (told.member == "SIPSessionGotStreamUpdate" && active_) {
    const std::vector<Value>& streams = told.arguments.at(0).items;
    const bool chat = std::ranges::count(streams, "chat", &Value::text) > 0;
    // Without any stream the end of the session is on its way.
    if (!streams.empty() && !chat) over_ = true;
  }
  if (told.member == "SIPSessionDidEnd") over_ = true;
  if (over_ && active_ && !leaving_ && fault_.empty() && speaks()) say(told.time, name_ + " ended the chat");
}

void Chat::take_verdict(const Verdict& verdict, std::uint64_t time) {
  const auto found = pending_.find(verdict.message_id);
  if (found == pending_.end()) return;  // another client's
  const std::string text = std::move(found->second);
  pending_.erase(found);
  pending_bytes_ -= text.size();
  if (!verdict.delivered)
    complain(time, verdict.reason, text);
  else if (speaks())
    say(time, "delivered: " + excerpt(text));
}

void Chat::take_composing(const Told& told) {
  const bool writes = told.arguments.at(0).text == "active";
  const std::chrono::seconds refresh(std::stol(told.arguments.at(2).text));
  if (writes && speaks() && Clock::now() > composing_until_) say(told.time, name_ + " is writing");
  composing_until_ = writes ? Clock::now() + (refresh.count() > 0 ? refresh : usual_refresh) : Clock::time_point{};
}

// Sends what can be read, and leaves when there is nothing more and each has its verdict.
void Chat::send_lines() {
  while (has_room()) {
    const auto line = lines_.next();
    if (!line) break;
    if (!line->empty()) send(*line);
  }
  if (lines_.ended() && pending_.empty()) leave();
}

void Chat::send(const std::string& line) {
  ++given_;
  try {
    const std::string id = conversation_.send(line);
    pending_.emplace(id, line);
    pending_bytes_ += line.size();
    if (options_.json)
      std::cout << "{\"message_id\": " << to_json(id) << ", \"content\": " << to_json(base::to_utf8(line)) << "}"
                << std::endl;
  } catch (const Failure& failure) {
    if (failure.code != refused) throw;
    complain(now(), failure.sentence, line);
  }
}

void Chat::complain(std::uint64_t time, const std::string& reason, const std::string& text) {
  ++undelivered_;
  const std::string line = "not delivered (" + reason + "): " + excerpt(text);
  if (speaks())
    say(time, line);
  else
    std::cerr << "sipctl: " << shown(line) << std::endl;
}

void Chat::stop() {
  // Who asks twice does not wait for the other party.
  if (leaving_) over_ = true;
  interrupted_ = true;
  if (!leaving_) leave();
}

// A call that has sound goes on without us.
void Chat::leave() {
  leaving_ = true;
  if (contains(texts_of(conversation_.properties(), "Streams"), "audio"))
    over_ = true;
  else
    conversation_.end();
}

void Chat::conclude() {
  if (!active_ && interrupted_) throw Failure{refused, "interrupted"};
  if (!active_) throw Failure{refused, fault_.empty() ? end_reason(conversation_.properties()) : fault_};
  undelivered_ += pending_.size();
  const std::string of = std::to_string(undelivered_) + " of " + std::to_string(given_);
  if (undelivered_ > 0)
    throw Failure{undelivered, of + (given_ == 1 ? " message was" : " messages were") + " not delivered"};
  if (!fault_.empty()) throw Failure{refused, "the chat failed: " + fault_};
  if (!interactive_ && !lines_.ended()) throw Failure{undelivered, "the chat ended before the input"};
}

// On a terminal over what is being typed, which stays in its buffer.
void Chat::say(const std::string& line) const {
  const char* terminal = std::getenv("TERM");
  const bool erases = interactive_ && at_terminal_ && terminal && terminal != std::string("dumb");
  std::cout << (erases ? "\r\033[K" : "") << shown(line) << std::endl;
}

}  // namespace

void chat(const Options& options, const Command& command) { Chat(options, command).run(); }

}  // namespace sipctl
