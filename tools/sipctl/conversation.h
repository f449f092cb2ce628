// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "tools/sipctl/commands.h"
#include "tools/sipctl/told.h"
#include "tools/sipctl/watch.h"

namespace sipctl {

// What was told of one of our messages.
struct Verdict {
  std::string message_id;
  bool delivered = false;
  std::string code;    // 0: nothing came that says why
  std::string reason;  // with the code, if there is one: "415 Not this type"
};
std::optional<Verdict> verdict_of(const Told& told);

// A session with a chat, and what is told of it, in order.
class Conversation {
 public:
  explicit Conversation(const Options& options);

  // Each of these is the beginning. Nothing is missed from then on.
  void call(const Command& command);
  // Takes the call or the proposal of the named session, or the only one that has a chat; proposes one where there is
  // none.
  void join(const std::string& session);
  // Takes part in a chat that is there.
  void use(const std::string& session);

  const std::string& path() const { return path_; }
  Properties properties() { return daemon_.properties(path_, "Session"); }
  // The id of the message.
  std::string send(const std::string& text);
  // Ends the session, if it has not ended by itself.
  void end();

  // What was told next. Throws a Failure when the daemon goes.
  std::optional<Told> next();
  Watch::Woke wait(bool for_input) { return watch_.wait(for_input); }

 private:
  sdbus::message_handler note();

  Daemon daemon_;
  Watch watch_;
  std::deque<Told> told_;
  sdbus::Slot signals_;
  sdbus::Slot presence_;
  std::string path_;
};

}  // namespace sipctl
