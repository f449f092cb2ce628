// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/recording.h"

#include <fcntl.h>

#include <cctype>
#include <ctime>
#include <optional>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"

namespace session {
namespace {

constexpr unsigned most_attempts = 1000;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw base::Error(base::Errc::file_failure, "the recording \"" + path + "\" cannot be made: " + why);
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
    result += plain ? c : '_';
  }
  return result.substr(0, 64);
}

// The name below the directory.
std::string relative(const std::string& directory, const std::string& name) {
  if (!name.starts_with('/')) return name;
  if (!name.starts_with(directory + "/")) refuse(name, "it is not inside " + directory);
  return name.substr(directory.size() + 1);
}

// Nothing when a file of this name exists; every other failure is a refusal.
std::optional<RecordingFile> try_create(const std::string& directory, const std::string& name) {
  const std::string inside = relative(directory, name);
  try {
    auto created = base::open_below(directory, inside, O_WRONLY | O_CREAT | O_EXCL);
    if (!created) return {};
    return RecordingFile{created->release(), directory + "/" + inside};
  } catch (const base::Error& error) {
    refuse(name, error.what());
  }
}

}  // namespace

std::string default_file_name(const RecordingName& name) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(name.time);
  std::tm local{};
  localtime_r(&seconds, &local);
  char stamp[32];
  const std::size_t length = std::strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &local);
  return std::string(stamp, length) + "-" + escaped(name.user) + "@" + escaped(name.host) +
         (name.outgoing ? "-outgoing.wav" : "-incoming.wav");
}

std::string folder_name(const std::string& account_id) {
  const auto at = account_id.rfind('@');
  if (at == std::string::npos) return escaped(account_id);
  return escaped(account_id.substr(0, at)) + "@" + escaped(account_id.substr(at + 1));
}

RecordingFile create_recording(const std::string& directory, const std::string& name) {
  if (name.size() > 4096) refuse(name.substr(0, 32) + "…", "the name is longer than 4096 bytes");
  auto file = try_create(directory, name);
  if (!file) refuse(name, "a file of this name exists");
  return *std::move(file);
}

RecordingFile create_default_recording(const std::string& directory, const RecordingName& name) {
  const std::string first = default_file_name(name);
  const std::string stem = first.substr(0, first.size() - 4);
  for (unsigned attempt = 1; attempt <= most_attempts; ++attempt) {
    const std::string suffix = attempt == 1 ? "" : "-" + std::to_string(attempt);
    if (auto file = try_create(directory, stem + suffix + ".wav")) return *std::move(file);
  }
  refuse(first, "all its names are taken");
}

}  // namespace session
