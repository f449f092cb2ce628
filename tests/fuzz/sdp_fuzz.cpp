// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/sip/sdp.h"

// A description that was read can be written, and what was written reads as the same description.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sip::Reading reading = sip::read_description({reinterpret_cast<const char*>(data), size});
  if (reading.description.has_value() != reading.fault.empty()) std::abort();
  if (!reading.description) return 0;
  // What we write has addresses, always.
  if (reading.description->address.empty()) reading.description->address = "192.0.2.1";
  for (sip::Medium& medium : reading.description->media)
    if (medium.address.empty()) medium.address = "192.0.2.1";
  const std::string text = sip::to_text(*reading.description);
  if (text.size() > sip::longest_description) return 0;
  const sip::Reading again = sip::read_description(text);
  if (!again.description || sip::to_text(*again.description) != text) std::abort();
  return 0;
}
