// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.h"

namespace config {
namespace {

namespace fs = std::filesystem;

std::string why(int number) { return std::generic_category().message(number); }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  // Whether that was told to have gone well.
  bool close() {
    const int number = number_;
    number_ = -1;
    return number < 0 || ::close(number) == 0;
  }

 private:
  int number_;
};

[[noreturn]] void fail(const fs::path& path, const std::string& reason) {
  throw base::Error(base::Errc::config_failure, path.string() + " cannot be written: " + reason);
}
[[noreturn]] void fail(const fs::path& path) { fail(path, why(errno)); }

// What a symbolic link names; the path itself when it is none, or names nothing.
fs::path target_of(const fs::path& path) {
  std::error_code fault;
  fs::path target = fs::weakly_canonical(path, fault);
  return fault ? path : target;
}

void check_directory(const fs::path& directory, std::vector<std::string>& warnings) {
  struct stat status {};
  constexpr mode_t sticky = S_ISVTX;
  if (::stat(directory.c_str(), &status) != 0 || !(status.st_mode & S_IWOTH) || (status.st_mode & sticky)) return;
  const bool fixed = ::chmod(directory.c_str(), status.st_mode & 07777 & ~static_cast<mode_t>(S_IWGRP | S_IWOTH)) == 0;
  warnings.push_back("its directory could be written by everybody" + std::string(fixed ? ": no longer" : ""));
}

// What is wrong with the file itself; whose it is decides whether it is used.
std::string check_file(int descriptor, const struct stat& status, std::vector<std::string>& warnings) {
  if (!S_ISREG(status.st_mode)) return "it is not a regular file";
  if (status.st_uid != ::geteuid() && status.st_uid != 0) return "it belongs to another user";
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return "";
  const bool others = (status.st_mode & (S_IWGRP | S_IRWXO)) != 0;
  const bool ours = status.st_uid == ::geteuid();
  if (ours && ::fchmod(descriptor, S_IRUSR | S_IWUSR) == 0)
    warnings.push_back("others had rights to it: it is for us alone now");
  else if (others)
    warnings.push_back("others have rights to it, and it may hold passwords");
  return "";
}

void write_all(const Descriptor& file, const std::string& text, const fs::path& path) {
  for (std::size_t at = 0; at < text.size();) {
    const auto count = ::write(file.number(), text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail(path);
    at += static_cast<std::size_t>(count);
  }
}

// The file beside, whole and on the disk; on failure it is gone again.
Stamp write_beside(const fs::path& beside, const std::string& text, const fs::path& path) {
  ::unlink(beside.c_str());  // of somebody who died while writing
  Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) fail(path);
  try {
    write_all(file, text, path);
    struct stat status {};
    if (::fsync(file.number()) != 0 || ::fstat(file.number(), &status) != 0) fail(path);
    if (status.st_size != static_cast<off_t>(text.size())) fail(path, "not all of it was written");
    if (!file.close()) fail(path);
    return Stamp(status);
  } catch (const base::Error&) {
    ::unlink(beside.c_str());
    throw;
  }
}

void make_directory(const fs::path& directory, const fs::path& path) {
  std::error_code fault;
  if (fs::exists(directory, fault)) return;
  fs::create_directories(directory, fault);
  if (!fault) fs::permissions(directory, fs::perms::owner_all, fault);
  if (fault) fail(path, fault.message());
}

}  // namespace

Stamp::Stamp(const struct stat& status)
    : device_(status.st_dev),
      inode_(status.st_ino),
      size_(status.st_size),
      changed_(status.st_mtim.tv_sec * 1000000000LL + status.st_mtim.tv_nsec) {}

Stamp stamp_of(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? Stamp(status) : Stamp();
}

std::optional<Contents> read_private_file(const fs::path& path, std::size_t limit) {
  Contents contents;
  // Opening a pipe would wait for its writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file && errno == ENOENT && !fs::is_symlink(fs::symlink_status(path))) return {};
  if (!file || ::fstat(file.number(), &status) != 0) {
    contents.fault = why(errno);
    return contents;
  }
  contents.stamp = Stamp(status);
  contents.fault = check_file(file.number(), status, contents.warnings);
  if (!contents.fault.empty()) return contents;
  check_directory(target_of(path).parent_path(), contents.warnings);
  std::string& text = contents.text;
  for (ssize_t count = 1; count > 0 && text.size() <= limit;) {
    const std::size_t length = text.size();
    text.resize(length + 65536);
    count = ::read(file.number(), text.data() + length, 65536);
    text.resize(length + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0) contents.fault = why(errno);
  }
  return contents;
}

Stamp replace_private_file(const fs::path& path, const std::string& text) {
  const fs::path target = target_of(path);
  const fs::path directory = target.parent_path();
  make_directory(directory, target);
  const Stamp stamp = write_beside(target.string() + ".new", text, target);
  if (::rename((target.string() + ".new").c_str(), target.c_str()) != 0) {
    const std::string reason = why(errno);
    ::unlink((target.string() + ".new").c_str());
    fail(target, reason);
  }
  // The file is the new one from here on; that the directory is not on the disk yet changes nothing but its durability.
  const Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened) ::fsync(opened.number());
  return stamp;
}

}  // namespace config
