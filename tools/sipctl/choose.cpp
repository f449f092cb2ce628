// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/choose.h"

#include <algorithm>

namespace sipctl {
namespace {

constexpr std::string_view prefix = "/org/sipsession1/session/";

bool is_number(std::string_view word) {
  return !word.empty() && word.size() < 20 && word.find_first_not_of("0123456789") == word.npos;
}

}  // namespace

bool names_session(const std::string& word) {
  return is_number(word) || (word.starts_with(prefix) && is_number(std::string_view(word).substr(prefix.size())));
}

std::string session_path(const std::string& word) {
  if (!names_session(word))
    throw Failure{usage,
                  "\"" + word + "\" is no session: give its number, or its path " + std::string(prefix) + "NUMBER"};
  return is_number(word) ? std::string(prefix) + word : word;
}

std::string choose(const std::vector<Session>& sessions, const std::string& named,
                   const std::function<bool(const Properties&)>& fits, const std::string& kind) {
  if (!named.empty()) return session_path(named);
  std::string found;
  std::string list;
  int count = 0;
  for (const Session& session : sessions) {
    if (!fits(session.second)) continue;
    found = session.first;
    list += "\n  " + line_of(session);
    ++count;
  }
  if (count == 1) return found;
  if (count == 0) throw Failure{refused, "there is no " + kind + " session"};
  throw Failure{refused, "there are " + std::to_string(count) + " " + kind + " sessions, name one:" + list};
}

bool is_established(const Properties& session) { return text_of(session, "State") == "ESTABLISHED"; }

std::string line_of(const Session& session) {
  const auto& [path, properties] = session;
  std::string streams;
  for (const char* list : {"Streams", "ProposedStreams"})
    for (const std::string& stream : texts_of(properties, list))
      streams += (streams.empty() ? "" : ",") + stream + (list == std::string("Streams") ? "" : "?");
  std::string line = padded(path.substr(std::min(prefix.size(), path.size())), 4) + "  " +
                     padded(text_of(properties, "State"), 11) + "  " + padded(text_of(properties, "Direction"), 8) +
                     "  " + text_of(properties, "RemoteUri") + "  " + streams;
  if (text_of(properties, "OnHold") == "true") line += "  on hold";
  return line;
}

}  // namespace sipctl
