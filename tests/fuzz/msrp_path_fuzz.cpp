// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "msrp/uri.h"

// A path that was read is written as one that reads the same, is equivalent to itself, and holds nothing that could
// leave a header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto path = msrp::path_from_text({reinterpret_cast<const char*>(data), size});
  if (!path) return 0;
  const std::string text = msrp::to_text(*path);
  const auto breaks = [](char c) { return c < ' ' || c >= 0x7f || c == '<' || c == '>' || c == '"'; };
  if (msrp::path_from_text(text) != path || std::any_of(text.begin(), text.end(), breaks)) std::abort();
  if (!msrp::equivalent(*path, *path)) std::abort();
  return 0;
}
