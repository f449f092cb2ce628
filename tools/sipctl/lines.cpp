// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/lines.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace sipctl {

void Lines::read() {
  std::array<char, 65536> block{};
  read_.erase(0, given_);
  searched_ -= given_;
  given_ = 0;
  const auto length = ::read(descriptor_, block.data(), block.size());
  if (length > 0)
    read_.append(block.data(), static_cast<std::size_t>(length));
  else if (length == 0 || (errno != EINTR && errno != EAGAIN))
    closed_ = true;
}

std::optional<std::string> Lines::next() {
  const auto end = std::min(read_.find('\n', searched_), read_.size());
  searched_ = end;
  if (end == read_.size() && (!closed_ || given_ == end)) return {};
  std::string line = read_.substr(given_, end - given_);
  given_ = searched_ = std::min(end + 1, read_.size());
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace sipctl
