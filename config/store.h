// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "config/disk.h"
#include "config/write.h"

namespace config {

// The file of the settings. It is never written over when its contents are not what was read or written here last:
// it could not be used, or somebody changed it. read() after a repair, or moving it away, lets it be written again.
class Store {
 public:
  explicit Store(std::filesystem::path file) : file_(std::move(file)) {}

  // Reads the file. When it cannot be used a copy is kept beside it.
  Loaded read();

  // Error{config_failure} before anything is changed: writing would be refused.
  void require_writable() const;
  // Replaces the file by one that says this, and what else it said. Error{config_failure}: the file is as it was.
  void write(const Picture& picture);
  // An account is gone, and what the file says of it goes as well.
  void forget(const std::string& id) { strays_.erase(id); }

 private:
  std::filesystem::path file_;
  Stamp stamp_;        // of what was read or written last
  std::string fault_;  // why what was read cannot be used
  Strays strays_;
};

}  // namespace config
