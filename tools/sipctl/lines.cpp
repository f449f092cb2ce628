// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/lines.h"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace sipctl {

void Lines::read() {
  std::array<char, 65536> block{};
  const auto length = ::read(STDIN_FILENO, block.data(), block.size());
  if (length > 0)
    read_.append(block.data(), static_cast<std::size_t>(length));
  else if (length == 0 || (errno != EINTR && errno != EAGAIN))
    closed_ = true;
}

std::optional<std::string> Lines::next() {
  const auto end = read_.find('\n');
  if (end == read_.npos && (!closed_ || read_.empty())) return {};
  std::string line = read_.substr(0, end);
  read_.erase(0, end == read_.npos ? end : end + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace sipctl
