// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>

#include "tools/sipctl/choose.h"
#include "tools/sipctl/conversation.h"

namespace sipctl {
namespace {

Verdict wait_for_verdict(Conversation& conversation, const std::string& id) {
  for (;;) {
    while (const auto told = conversation.next())
      if (const auto verdict = verdict_of(*told); verdict && verdict->message_id == id) return *verdict;
    if (conversation.wait(false).stop) throw Failure{refused, "interrupted"};
  }
}

}  // namespace

void send_message(const Options& options, const Command& command) {
  if (command.words.size() == 2 && !names_session(command.words.front()))
    throw Failure{usage, "message takes [SESSION] TEXT; a TEXT with blanks wants quotes"};
  Conversation conversation(options);
  conversation.use(command.words.size() == 2 ? command.words.front() : std::string());
  const std::string id = conversation.send(command.words.back());
  if (command.no_wait) {
    std::cout << (options.json ? "{\"message_id\": " + to_json(id) + "}" : id) << std::endl;
    return;
  }
  const Verdict verdict = wait_for_verdict(conversation, id);
  if (!verdict.delivered) throw Failure{undelivered, "the message was not delivered: " + verdict.reason};
  if (options.json)
    std::cout << "{\"message_id\": " << to_json(id) << ", \"code\": " << verdict.code << "}" << std::endl;
}

}  // namespace sipctl
