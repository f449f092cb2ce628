// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/shown.h"

#include <algorithm>

#include "base/text.h"

namespace sipctl {
namespace {

constexpr std::size_t longest_excerpt = 40;

std::string line(std::string_view text) {
  std::string blank(text);
  std::ranges::replace(blank, '\t', ' ');
  return base::to_display(blank, blank.size());
}

}  // namespace

std::string shown(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  std::string result;
  for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
    result += line(text.substr(0, end)) + "\n      ";
    text.remove_prefix(end + 1);
  }
  return result + line(text);
}

std::string excerpt(std::string_view text) {
  std::string result = line(base::one_line(text.substr(0, 4 * longest_excerpt)));
  if (result.size() <= longest_excerpt) return result;
  return std::string(base::beginning(result, longest_excerpt)) + "...";
}

}  // namespace sipctl
