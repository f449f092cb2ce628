// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdint>
#include <cstdlib>

#include "msrp/parser.h"
#include "msrp/relay_login.h"

// Whatever a relay answers, each request of ours can be written, the password is in none, unless the relay said it, and
// there is an end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string password = "pass-word-in-the-clear";
  msrp::RelayLogin login(
      {*msrp::uri_from_text("msrps://relay.test;tcp"), *msrp::uri_from_text("msrps://a/1;tcp"), "alice", password},
      [number = std::uint64_t{1}]() mutable { return number++; });
  msrp::Time now{};
  msrp::RelayLogin::Step step = login.begin(now);
  msrp::Parser parser;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const bool said = bytes.find(password) != bytes.npos;
  while (auto event = parser.next(bytes)) {
    auto* response = std::get_if<msrp::Response>(&*event);
    if (!response) continue;
    if (const auto* request = std::get_if<msrp::Request>(&step)) {
      std::string out;
      msrp::write(*request, {}, msrp::Flag::complete, out);
      if (!said && out.find(password) != out.npos) std::abort();
      response->transaction = request->transaction;
    }
    step = login.take(*response, now);
    if (std::holds_alternative<msrp::RelayLogin::Refused>(step)) break;
    if (!std::holds_alternative<msrp::RelayLogin::Granted>(step)) continue;
    now = *login.deadline();
    step = login.expire(now);
  }
  return 0;
}
