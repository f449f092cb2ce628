// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/log.h"

#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <vector>

#include <systemd/sd-journal.h>

#include "base/error.h"
#include "base/text.h"

namespace base::log {
namespace {

std::atomic<Level> threshold{Level::info};

// $JOURNAL_STREAM is the device and inode of the stream that systemd gave us as standard error (systemd.exec(5)).
bool standard_error_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (!stream || fstat(STDERR_FILENO, &status) != 0) return false;
  return stream == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::error: return "error";
    case Level::warning: return "warning";
    case Level::notice: return "notice";
    case Level::info: return "info";
    case Level::debug: return "debug";
  }
  return "";
}

std::string line_of(std::string_view sentence, Fields fields) {
  std::string line(sentence);
  for (const Field& field : fields) line += " " + std::string(field.name) + "=" + std::string(field.value);
  return one_line(line);
}

// The fields are in the sentence, too: most people read the journal without asking for its fields.
void to_journal(Level level, std::string_view sentence, Fields fields) {
  std::vector<std::string> entries;
  entries.reserve(fields.size() + 2);
  entries.push_back("PRIORITY=" + std::to_string(static_cast<int>(level)));
  entries.push_back("MESSAGE=" + line_of(sentence, fields));
  for (const Field& field : fields) entries.push_back(std::string(field.name) + "=" + std::string(field.value));
  std::vector<iovec> parts;
  parts.reserve(entries.size());
  for (std::string& entry : entries) parts.push_back({entry.data(), entry.size()});
  sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));
}

void to_standard_error(Level level, std::string_view sentence, Fields fields) {
  const std::string line = "sipsessiond " + std::string(name_of(level)) + ": " + line_of(sentence, fields) + "\n";
  // One write for one line: records of two threads do not mix, and a full pipe loses the record, not the daemon.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

Level level_from_text(std::string_view text) {
  for (const Level level : {Level::error, Level::warning, Level::notice, Level::info, Level::debug})
    if (name_of(level) == text) return level;
  throw Error(Errc::invalid_argument,
              "log level \"" + std::string(text) + "\" is not one of error, warning, notice, info, debug");
}

void set_level(Level level) { threshold = level; }

bool enabled(Level level) { return level <= threshold; }

void write(Level level, std::string_view sentence, Fields fields) {
  if (!enabled(level)) return;
  static const bool journal = standard_error_is_journal();
  if (journal)
    to_journal(level, sentence, fields);
  else
    to_standard_error(level, sentence, fields);
}

}  // namespace base::log
