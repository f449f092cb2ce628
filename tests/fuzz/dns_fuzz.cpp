// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/sip/dns_message.h"
#include "daemon/sip/name_servers.h"

namespace {

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
}

}  // namespace

// Whatever a name server says to a question, there are bounded answers with printable names. The same bytes as files of
// the system harm nobody.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sip::dns::Type;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.size() < 2) return 0;
  const auto id = static_cast<std::uint16_t>(data[0] << 8 | data[1]);
  for (const Type type : {Type::a, Type::aaaa, Type::srv, Type::naptr}) {
    const auto reply = sip::dns::read_reply(input, id, {"n.test", type});
    if (!reply) continue;
    const sip::dns::Answer& answer = reply->answer;
    if (answer.addresses.size() + answer.services.size() + answer.pointers.size() > 1000) std::abort();
    for (const auto& service : answer.services)
      if (!is_printable(service.target) || service.target.size() > 253) std::abort();
    for (const auto& pointer : answer.pointers)
      if (!is_printable(pointer.replacement) || pointer.replacement.size() > 253) std::abort();
  }
  sip::name_server_from_text(input);
  if (sip::name_servers_of(input).size() > 3) std::abort();
  sip::addresses_in(input, "n.test");
  return 0;
}
