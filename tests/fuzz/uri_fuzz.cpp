// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/sip/uri.h"

// A URI that was read is written as one that reads the same, and holds nothing that could leave a header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  sip::unescape(input);
  const auto uri = sip::uri_from_text(input);
  if (!uri) return 0;
  const std::string text = uri->to_text();
  const auto breaks = [](char c) { return c <= ' ' || c >= 0x7f || c == '<' || c == '>' || c == '"'; };
  if (sip::uri_from_text(text) != uri || std::any_of(text.begin(), text.end(), breaks)) std::abort();
  return 0;
}
