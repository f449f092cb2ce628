// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/error.h"

namespace base {
namespace {

constexpr std::size_t longest_part = 255;

[[noreturn]] void refuse(const std::string& why) { throw Error(Errc::file_failure, why); }

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= name.size();) {
    const auto end = std::min(name.find('/', at), name.size());
    const std::string part = name.substr(at, end - at);
    if (part.empty() || part == "." || part == "..") refuse("\"" + part + "\" is no part of a name");
    if (part.size() > longest_part) refuse("a part of the name is longer than 255 bytes");
    for (const char c : part)
      if (std::iscntrl(static_cast<unsigned char>(c))) refuse("the name holds a control character");
    parts.push_back(part);
    at = end + 1;
  }
  return parts;
}

void make_directory(const std::string& directory) {
  std::filesystem::path path;
  for (const auto& part : std::filesystem::path(directory)) {
    path /= part;
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES)
      refuse(path.string() + ": " + std::strerror(errno));
  }
}

// It is nearly always there.
Descriptor open_directory(const std::string& directory) {
  const auto opened = [&] { return Descriptor(open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)); };
  Descriptor found = opened();
  if (!found && errno == ENOENT) {
    make_directory(directory);
    found = opened();
  }
  if (!found) refuse(directory + ": " + std::strerror(errno));
  return found;
}

Descriptor open_folder(const Descriptor& parent, const std::string& part) {
  const auto opened = [&] {
    return Descriptor(openat(parent.number(), part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  };
  Descriptor found = opened();
  if (!found && errno == ENOENT) {
    if (mkdirat(parent.number(), part.c_str(), 0700) != 0 && errno != EEXIST) refuse(std::strerror(errno));
    found = opened();
  }
  if (!found) refuse("the folder \"" + part + "\": " + std::strerror(errno));
  return found;
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

int Descriptor::release() { return std::exchange(number_, -1); }

std::optional<Descriptor> open_below(const std::string& directory, const std::string& name, int flags) {
  const std::vector<std::string> parts = parts_of(name);
  Descriptor folder = open_directory(directory);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) folder = open_folder(folder, parts[i]);
  Descriptor file(openat(folder.number(), parts.back().c_str(), flags | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file) return file;
  if (errno != EEXIST) refuse(std::strerror(errno));
  return {};
}

}  // namespace base
