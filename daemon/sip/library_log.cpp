// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/library_log.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace sip {
namespace {

constexpr std::string_view margin = "   ";
constexpr std::size_t largest_message = 1 << 17;  // of which we take half (NTATAG_MAXSIZE)

const std::string rule(72, '-');

bool is_heading(std::string_view line) {
  return (line.starts_with("recv ") || line.starts_with("send ")) && line.find(" bytes ") != line.npos;
}

}  // namespace

void LibraryLog::take(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    line_ += piece.substr(0, std::min(end, longest_line));
    piece.remove_prefix(std::min(piece.size(), end == piece.npos ? longest_line : end + 1));
    if (end != piece.npos || line_.size() >= longest_line) take_line(std::exchange(line_, {}));
  }
}

void LibraryLog::take_line(std::string_view line) {
  if (is_heading(line)) {
    flush();
    // "recv 512 bytes from udp/[127.0.0.1]:5060 at 12:00:00.000000:"; the trace knows the day, too.
    heading_ = line.substr(0, line.rfind(" at "));
  } else if (!line.starts_with(margin)) {
    base::log::debug(base::trim(line));
  } else if (line.remove_prefix(margin.size()); line == rule) {
    // The first one comes before the message.
    if (!message_.empty()) flush();
  } else {
    message_.append(line).append("\n");
    if (message_.size() > largest_message) flush();
  }
}

void LibraryLog::flush() {
  const std::string message = std::exchange(message_, {});
  const std::string heading = std::exchange(heading_, {});
  if (trace_ && !message.empty()) trace_->write(heading, base::Redaction().take(message));
}

LibraryLog& library_log() {
  static LibraryLog log;
  return log;
}

}  // namespace sip
