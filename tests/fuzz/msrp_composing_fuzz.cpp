// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdint>
#include <cstdlib>

#include "msrp/composing.h"

// A notice that was read is written as one that reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto notice = msrp::composing_from_text({reinterpret_cast<const char*>(data), size});
  if (!notice) return 0;
  const std::string text = msrp::to_text(*notice);
  if (text.size() <= msrp::longest_composing && msrp::composing_from_text(text) != notice) std::abort();
  return 0;
}
