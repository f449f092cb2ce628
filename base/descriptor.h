// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>

namespace base {

// Owns a descriptor; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  // The caller's from now on.
  int release();

 private:
  int number_;
};

// Opens the file `name` below the directory, with the flags of open(2); a new one has mode 0600. Missing folders and
// the directory itself are made with mode 0700. The directory is the user's own word; below it there is no "..", no
// symbolic link and no control character. Nothing when the file is there already, and the flags have O_EXCL. Throws
// Error{file_failure} with a sentence that says why.
std::optional<Descriptor> open_below(const std::string& directory, const std::string& name, int flags);

}  // namespace base
