// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdint>
#include <cstdlib>

#include "msrp/cpim.h"

// A wrapper that was read is written as one that reads the same, with the same number of headers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = msrp::cpim_from_text({reinterpret_cast<const char*>(data), size});
  if (!message) return 0;
  const std::string text = msrp::to_text(*message);
  // What is made valid grows, and an absent type is written: at the limits it is too much.
  if (text.size() - message->content.size() > msrp::longest_cpim_head - 1000) return 0;
  if (message->headers().size() >= msrp::most_cpim_headers) return 0;
  if (msrp::cpim_from_text(text) != message) std::abort();
  return 0;
}
