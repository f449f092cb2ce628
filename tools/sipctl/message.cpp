// SPDX-License-Identifier: LGPL-2.1-or-later
#include <poll.h>

#include <iostream>
#include <map>

#include "tools/sipctl/choose.h"
#include "tools/sipctl/commands.h"

namespace sipctl {
namespace {

struct Verdict {
  bool delivered;
  std::string code;
  std::string reason;
};

// By the id of the message. The daemon promises one for each id.
using Verdicts = std::map<std::string, Verdict>;

void note(Verdicts& verdicts, sdbus::Message& signal) {
  const std::string member = signal.getMemberName();
  const bool delivered = member == "SIPSessionDidDeliverMessage";
  if (!delivered && member != "SIPSessionDidNotDeliverMessage") return;
  const std::vector<Value> arguments = read_values(signal);
  verdicts[arguments.at(1).text] = {delivered, arguments.at(2).text, arguments.at(3).text};
}

// While nothing comes, it asks whether the daemon is still there.
Verdict wait_for_verdict(Daemon& daemon, const std::string& session, const Verdicts& verdicts, const std::string& id) {
  for (;;) {
    if (const auto found = verdicts.find(id); found != verdicts.end()) return found->second;
    pollfd poll{daemon.connection().getEventLoopPollData().fd, POLLIN, 0};
    if (!daemon.connection().processPendingRequest() && ::poll(&poll, 1, 1000) == 0)
      daemon.properties(session, "Session");
  }
}

}  // namespace

void send_message(const Options& options, const Command& command) {
  if (command.words.size() == 2 && !names_session(command.words.front()))
    throw Failure{usage, "message takes [SESSION] TEXT; a TEXT with blanks wants quotes"};
  Daemon daemon(options);
  Verdicts verdicts;
  // What wakes wait_for_verdict() must be listened for before the message.
  const auto match =
      daemon.connection().addMatch("type='signal',sender='org.sipsession1',interface='org.sipsession1.Session'",
                                   [&](sdbus::Message& signal) { note(verdicts, signal); });
  const std::string named = command.words.size() == 2 ? command.words.front() : std::string();
  const std::string session = choose(daemon.sessions(), named, is_established, "established");
  const std::string id =
      daemon
          .call(session, "Session", "SendMessage", command.words.back(), std::string(), std::string(), std::uint64_t{0})
          .at(0)
          .text;
  const Verdict verdict = wait_for_verdict(daemon, session, verdicts, id);
  if (!verdict.delivered)
    throw Failure{refused, "the message was not delivered: " + verdict.reason + " (" + verdict.code + ")"};
  if (options.json)
    std::cout << "{\"message_id\": " << to_json(id) << ", \"code\": " << verdict.code << "}" << std::endl;
}

}  // namespace sipctl
