// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

namespace sipctl {

// A text from anywhere as a terminal may get it: it has no control characters and no bidirectional overrides, and its
// further lines are set in, so that none of them looks like a line of ours.
std::string shown(std::string_view text);

// Its beginning, on one line: what reminds of a message.
std::string excerpt(std::string_view text);

}  // namespace sipctl
