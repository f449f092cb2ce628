// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Whether somebody is writing (RFC 3994): a document of XML in the place of a message.
namespace msrp {

inline constexpr std::string_view composing_type = "application/im-iscomposing+xml";
inline constexpr std::size_t longest_composing = 4096;

struct Composing {
  bool active = false;        // any other state than active means idle (RFC 3994, 3.2)
  std::string content_type;   // of what is being written; empty: not said
  std::uint32_t refresh = 0;  // seconds until the next notice; 0: not said
  std::string last_active;    // as written; empty: not said

  bool operator==(const Composing&) const = default;
};

// Nothing if it is no such document, or a longer one.
std::optional<Composing> composing_from_text(std::string_view xml);

std::string to_text(const Composing& composing);

}  // namespace msrp
