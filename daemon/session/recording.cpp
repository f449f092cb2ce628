// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/recording.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace session {
namespace {

constexpr std::size_t longest_name = 255;
constexpr unsigned most_attempts = 1000;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw base::Error(base::Errc::file_failure, "the recording \"" + path + "\" cannot be made: " + why);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
    result += plain ? c : '_';
  }
  return result.substr(0, 64);
}

// The parts of the name below the directory, each checked.
std::vector<std::string> parts_of(const std::string& directory, const std::string& name) {
  std::string rest = name;
  if (name.starts_with('/')) {
    if (!name.starts_with(directory + "/")) refuse(name, "it is not inside " + directory);
    rest = name.substr(directory.size() + 1);
  }
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= rest.size();) {
    const auto end = std::min(rest.find('/', at), rest.size());
    const std::string part = rest.substr(at, end - at);
    if (part.empty() || part == "." || part == "..") refuse(name, "\"" + part + "\" is no part of a name");
    if (part.size() > longest_name) refuse(name, "a part of the name is longer than 255 bytes");
    for (const char c : part)
      if (std::iscntrl(static_cast<unsigned char>(c))) refuse(name, "the name holds a control character");
    parts.push_back(part);
    at = end + 1;
  }
  return parts;
}

Descriptor open_folder(const Descriptor& parent, const std::string& part, const std::string& name) {
  if (mkdirat(parent.number(), part.c_str(), 0700) != 0 && errno != EEXIST) refuse(name, std::strerror(errno));
  Descriptor folder(openat(parent.number(), part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (folder.number() < 0) refuse(name, "the folder \"" + part + "\": " + std::strerror(errno));
  return folder;
}

// The configured directory itself is the user's own word: its links are followed.
Descriptor open_directory(const std::string& directory, const std::string& name) {
  std::filesystem::path path;
  for (const auto& part : std::filesystem::path(directory)) {
    path /= part;
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES)
      refuse(name, path.string() + ": " + std::strerror(errno));
  }
  Descriptor opened(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number() < 0) refuse(name, directory + ": " + std::strerror(errno));
  return opened;
}

// Nothing but EEXIST comes back as an error number; everything else is refused.
int try_create(const std::string& directory, const std::string& name, RecordingFile& file) {
  const std::vector<std::string> parts = parts_of(directory, name);
  Descriptor folder = open_directory(directory, name);
  file.path = directory;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    folder = open_folder(folder, parts[i], name);
    file.path += "/" + parts[i];
  }
  file.path += "/" + parts.back();
  Descriptor created(
      openat(folder.number(), parts.back().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (created.number() < 0 && errno == EEXIST) return EEXIST;
  if (created.number() < 0) refuse(name, std::strerror(errno));
  file.descriptor = created.release();
  return 0;
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
  RecordingFile file{-1, {}};
  if (try_create(directory, name, file) == EEXIST) refuse(name, "a file of this name exists");
  return file;
}

RecordingFile create_default_recording(const std::string& directory, const RecordingName& name) {
  const std::string first = default_file_name(name);
  const std::string stem = first.substr(0, first.size() - 4);
  for (unsigned attempt = 1; attempt <= most_attempts; ++attempt) {
    RecordingFile file{-1, {}};
    const std::string suffix = attempt == 1 ? "" : "-" + std::to_string(attempt);
    if (try_create(directory, stem + suffix + ".wav", file) == 0) return file;
  }
  refuse(first, "all its names are taken");
}

}  // namespace session
