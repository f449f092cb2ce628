// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

// Records for the journal: a sentence and fields. Under systemd they go to the journal with their fields;
// otherwise each is one plain line on standard error. Any thread may write.
namespace base::log {

enum class Level { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

// A journal field: the name in capitals (SESSION, CALL_ID), the value any text.
struct Field {
  std::string_view name;
  std::string_view value;
};
using Fields = std::initializer_list<Field>;

// Takes error, warning, notice, info or debug; throws Error{invalid_argument} for anything else.
Level level_from_text(std::string_view text);

// Records above this level are dropped; info at the start.
void set_level(Level level);
bool enabled(Level level);

void write(Level level, std::string_view sentence, Fields fields = {});

inline void error(std::string_view sentence, Fields fields = {}) { write(Level::error, sentence, fields); }
inline void warning(std::string_view sentence, Fields fields = {}) { write(Level::warning, sentence, fields); }
inline void notice(std::string_view sentence, Fields fields = {}) { write(Level::notice, sentence, fields); }
inline void info(std::string_view sentence, Fields fields = {}) { write(Level::info, sentence, fields); }
inline void debug(std::string_view sentence, Fields fields = {}) { write(Level::debug, sentence, fields); }

}  // namespace base::log
