// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/trace.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <glib.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/handle.h"
#include "base/log.h"
#include "base/text.h"

namespace base {
namespace {

constexpr std::array secret_headers = {"Authorization", "Proxy-Authorization", "Authentication-Info",
                                       "Proxy-Authentication-Info"};
constexpr std::array secret_attributes = {"a=crypto", "a=ice-pwd", "a=key-mgmt", "k="};

[[noreturn]] void fail(const std::string& why) { throw Error(Errc::file_failure, why); }

// How much of the line may be shown, when the rest is secret.
std::optional<std::size_t> shown_of_secret(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view name = trim(line.substr(0, colon));
  if (colon != line.npos)
    for (const char* secret : secret_headers)
      if (equals_ignoring_case(name, secret)) return colon + 1;
  for (const std::string_view secret : secret_attributes)
    if (line.size() >= secret.size() && equals_ignoring_case(line.substr(0, secret.size()), secret))
      return secret.size();
  return {};
}

// Without the end of the line.
std::string for_terminal(const std::string& line) {
  // Of control characters, tabs alone harm nobody.
  const auto is_plain = [](char c) { return c == '\t' || g_ascii_isprint(c); };
  if (std::all_of(line.begin(), line.end(), is_plain)) return line;
  std::string plain = line;
  std::replace(plain.begin(), plain.end(), '\t', ' ');
  if (to_display(plain, plain.size()) == plain) return line;
  std::string text;
  for (const char c : line) {
    if (is_plain(c)) {
      text += c;
    } else {
      std::array<char, 5> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
      text += escaped.data();
    }
  }
  return text;
}

// RFC 3339, in UTC, to the microsecond.
std::string now_as_text() {
  const Handle<GDateTime, g_date_time_unref> now(g_date_time_new_now_utc());
  const Handle<char, g_free> text(g_date_time_format(now.get(), "%Y-%m-%dT%H:%M:%S.%fZ"));
  return text.get();
}

}  // namespace

std::string Redaction::take(std::string_view piece) {
  std::string result;
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::size_t size = std::min(end == piece.npos ? piece.size() : end + 1, longest_line - line_.size());
    line_ += piece.substr(0, size);
    piece.remove_prefix(size);
    if (line_.back() == '\n' || line_.size() == longest_line) result += take_line();
  }
  return result;
}

void Redaction::skip(std::string_view piece) {
  if (piece.empty()) return;
  line_.clear();
  inside_ = piece.back() != '\n';
  hiding_ = true;
}

std::string Redaction::take_line() {
  std::string line = std::exchange(line_, {});
  const bool ended = line.back() == '\n';
  if (ended) line.pop_back();
  if (ended && line.ends_with('\r')) line.pop_back();
  const std::string end = ended ? "\n" : "";
  const bool continued = std::exchange(inside_, !ended);
  // A header goes on in lines that begin with white space (RFC 3261, 7.3.1).
  const bool folded = line.starts_with(' ') || line.starts_with('\t');
  if (continued || (hiding_ && folded)) return hiding_ ? std::string() : for_terminal(line) + end;
  const auto shown = shown_of_secret(line);
  hiding_ = shown.has_value();
  return hiding_ ? line.substr(0, *shown) + " (not shown)\n" : for_terminal(line) + end;
}

void Trace::write(std::string_view heading, std::string_view text) {
  const std::optional<std::string> directory = where_();
  if (!directory) return;
  std::string entry = now_as_text() + " ";
  entry.append(heading).append("\n").append(text);
  if (entry.back() != '\n') entry += '\n';
  try {
    append(*directory, entry);
    failing_ = false;
  } catch (const Error& error) {
    if (!std::exchange(failing_, true))
      log::warning("a trace cannot be written", {{"FILE", *directory + "/" + file_name_}, {"REASON", error.what()}});
  }
}

void Trace::append(const std::string& directory, const std::string& entry) const {
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK;  // a pipe would keep us waiting
  auto file = open_below(directory, file_name_, flags);
  struct stat status {};
  if (!file || fstat(file->number(), &status) != 0) fail(std::strerror(errno));
  if (!S_ISREG(status.st_mode)) fail("it is no file");
  if (status.st_size >= largest_file) {
    const std::string path = directory + "/" + file_name_;
    if (rename(path.c_str(), (path + ".old").c_str()) != 0) fail(std::strerror(errno));
    file = open_below(directory, file_name_, flags);
  }
  // In one piece, so that what other threads and processes write never gets between.
  const ssize_t count = ::write(file->number(), entry.data(), entry.size());
  if (count < 0) fail(std::strerror(errno));
  if (count != static_cast<ssize_t>(entry.size())) fail("there is no room for all of a message");
}

}  // namespace base
