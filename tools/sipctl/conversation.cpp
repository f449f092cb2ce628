// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/conversation.h"

#include <algorithm>

#include "base/text.h"
#include "tools/sipctl/calls.h"
#include "tools/sipctl/choose.h"

namespace sipctl {
namespace {

const std::vector<std::string> chat_only{"chat"};

bool has_chat(const Properties& session, const char* list) {
  return std::ranges::count(texts_of(session, list), "chat") > 0;
}
bool is_chat(const Properties& session) { return has_chat(session, "Streams") || has_chat(session, "ProposedStreams"); }

// An engine that ends says so before its sessions end; a daemon that dies says nothing, but the bus does.
bool tells_of_the_end(const Told& told) {
  return told.member == "SIPEngineWillEnd" || (told.member == "NameOwnerChanged" && told.arguments.at(2).text.empty());
}

}  // namespace

std::optional<Verdict> verdict_of(const Told& told) {
  const bool delivered = told.member == "SIPSessionDidDeliverMessage";
  if (!delivered && told.member != "SIPSessionDidNotDeliverMessage") return {};
  const std::string& code = told.arguments.at(1).text;
  const std::string& reason = told.arguments.at(2).text;
  return Verdict{told.arguments.at(0).text, delivered, code, code == "0" ? reason : code + " " + reason};
}

Conversation::Conversation(const Options& options)
    : daemon_(options),
      watch_(daemon_.connection()),
      signals_(daemon_.connection().addMatch("type='signal',sender='org.sipsession1'", note())),
      presence_(daemon_.connection().addMatch(
          "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.sipsession1'", note())) {}

sdbus::message_handler Conversation::note() {
  return [this](sdbus::Message& message) { told_.push_back(read_told(message)); };
}

void Conversation::call(const Command& command) { path_ = place_call(daemon_, command); }

void Conversation::join(const std::string& session) {
  path_ = choose(daemon_.sessions(), session, is_chat, "chat");
  const Properties found = properties();
  const std::string state = text_of(found, "State");
  if (state == "INCOMING")
    daemon_.call(path_, "Session", "Accept", chat_only);
  else if (state == "PROPOSED" && has_chat(found, "ProposedStreams"))
    daemon_.call(path_, "Session", "AcceptProposal", chat_only);
  else if (!is_chat(found))
    daemon_.call(path_, "Session", "AddChat");
}

void Conversation::use(const std::string& session) { path_ = choose(daemon_.sessions(), session, is_chat, "chat"); }

std::string Conversation::send(const std::string& text) {
  return daemon_
      .call(path_, "Session", "SendMessage", base::to_utf8(text), std::string(), std::string(), std::uint64_t{0})
      .at(0)
      .text;
}

void Conversation::end() {
  try {
    daemon_.call(path_, "Session", "End", false);
  } catch (const Failure& failure) {
    if (failure.code != refused) throw;
  }
}

std::optional<Told> Conversation::next() {
  if (told_.empty()) watch_.take_what_came();
  while (!told_.empty()) {
    Told told = std::move(told_.front());
    told_.pop_front();
    if (tells_of_the_end(told)) throw Failure{absent, "the service went away"};
    if (told.path == path_) return told;
  }
  return {};
}

}  // namespace sipctl
