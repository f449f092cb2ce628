// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "msrp/chat_values.h"

namespace msrp {

// What somebody says.
struct Letter {
  std::string content_type;
  std::string content;
  Address from;
  Address to;
  DateTime date_time{};
  bool to_another = false;  // not to the peer itself: only a wrapper can say that
};

// Whether a content type may come within a wrapper.
bool accepts_wrapped(const AcceptedTypes& types, std::string_view content_type);

// The letter as the peer takes it: in a wrapper if it takes those, else bare; nothing if it takes neither. Throws
// base::Error invalid_argument for what cannot be written.
std::optional<Draft> pack(Letter letter, const AcceptedTypes& peer);

}  // namespace msrp
