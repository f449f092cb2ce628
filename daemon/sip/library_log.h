// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/trace.h"

namespace sip {

// What sofia-sip writes, in pieces: its own words go to our log, at the level debug, and the messages of TPTAG_LOG to
// the trace. A message is a line that says from or to whom, then its lines, each after three blanks, between two lines
// of hyphens. None of its own words begins with a blank.
class LibraryLog {
 public:
  static constexpr std::size_t longest_line = 4096;  // bytes; the rest of a line is a line of its own

  // Null: there is none.
  void set_trace(base::Trace* trace) { trace_ = trace; }
  bool traced() const { return trace_ && trace_->wanted(); }
  void take(std::string_view piece);

 private:
  void take_line(std::string_view line);
  void flush();

  base::Trace* trace_ = nullptr;
  std::string line_;
  std::string heading_;
  std::string message_;
};

// The one of the process; the library logs to it from the first call.
LibraryLog& library_log();

}  // namespace sip
