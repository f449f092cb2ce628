// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// Files that hold secrets, and that are old or new and never half.
namespace config {

// Which bytes a file holds, as far as its metadata tell: another one was written when they differ.
class Stamp {
 public:
  Stamp() = default;  // of no file
  explicit Stamp(const struct stat& status);
  bool operator==(const Stamp&) const = default;

 private:
  dev_t device_ = 0;
  ino_t inode_ = 0;
  off_t size_ = -1;
  long long changed_ = 0;  // nanoseconds
};

// Of the file at the end of symbolic links; of no file when there is none.
Stamp stamp_of(const std::filesystem::path& path);

struct Contents {
  std::string text;
  Stamp stamp;
  std::string fault;                  // why it cannot be used; empty: it can
  std::vector<std::string> warnings;  // what was wrong with it, and was put right where that is ours to do
};

// Reads a file of at most so many bytes. Only a regular file that belongs to us, or to root, is read. When it is ours,
// others lose their rights to it. Nothing when there is none.
std::optional<Contents> read_private_file(const std::filesystem::path& path, std::size_t limit);

// Writes beside the file, then takes its place; the file and a new directory are for our eyes only. Throws
// Error{config_failure}, and then the file is as it was. A symbolic link stays, and what it names is replaced.
Stamp replace_private_file(const std::filesystem::path& path, const std::string& text);

}  // namespace config
