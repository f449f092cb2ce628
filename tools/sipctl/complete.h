// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace sipctl {

// What may stand in place of the last of the words, which follow the name of the program: commands, options, and what
// the daemon knows: names of settings, accounts and sessions. Nothing where anything may stand, or no daemon answers.
std::vector<std::string> completions(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace sipctl
