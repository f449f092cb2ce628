// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tools/sipctl/daemon.h"

namespace sipctl {

using Session = std::pair<std::string, Properties>;

// Whether the word can name a session: a number, or a path of one.
bool names_session(const std::string& word);

// The path of a session from such a word. Throws a Failure of usage for any other.
std::string session_path(const std::string& word);

// Which session a command is about: the named one, or the only one that fits. `kind` says what fits: "incoming".
// Throws a Failure that lists those that fit when there is not exactly one.
std::string choose(const std::vector<Session>& sessions, const std::string& named,
                   const std::function<bool(const Properties&)>& fits, const std::string& kind);

bool is_established(const Properties& session);

// "3  ESTABLISHED  outgoing  sip:bob@example.com  audio"
std::string line_of(const Session& session);

}  // namespace sipctl
