// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/calls.h"

#include "tools/sipctl/settings.h"

namespace sipctl {
namespace {

constexpr const char* session_manager_path = "/org/sipsession1/SessionManager";

using Routes = std::vector<sdbus::Struct<std::string, std::uint16_t, std::string>>;

}  // namespace

std::string place_call(Daemon& daemon, const Command& command) {
  if (command.account.empty())
    return daemon.call(session_manager_path, "SessionManager", "Call", command.uri, command.streams).at(0).text;
  const sdbus::ObjectPath account = account_path(daemon, command.account);
  const std::string session = daemon.call(session_manager_path, "SessionManager", "CreateSession", account).at(0).text;
  try {
    daemon.call(session, "Session", "Connect", command.uri, Routes{}, command.streams);
  } catch (const Failure&) {
    daemon.call(session, "Session", "Release");
    throw;
  }
  return session;
}

std::string end_reason(const Properties& session) {
  const std::vector<std::string> reason = texts_of(session, "EndReason");
  return reason.size() == 3 ? reason[2] + " (" + reason[1] + ", " + reason[0] + ")" : "the session ended";
}

}  // namespace sipctl
