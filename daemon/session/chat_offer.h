// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>

#include "daemon/sip/sdp.h"
#include "msrp/chat_stream.h"

// The chat stream in offers and answers (RFC 4975, 8): pure.
namespace session {

// Our side of the chat stream.
struct OurChat {
  msrp::LocalChat line;
  // We connect; nothing: that is not settled yet, and an offer leaves it to the peer (RFC 6135).
  std::optional<bool> active = {};
};

// What the offer and its answer settled.
struct ChatSettlement {
  bool active = false;
  msrp::RemoteChat remote;
};

sip::Medium chat_medium(const OurChat& ours, const std::string& address);

// What the peer's line says; nothing when it is no chat that we could take: removed, another transport, without a path,
// or the transfer of a file (RFC 5547).
std::optional<msrp::RemoteChat> remote_chat(const sip::Medium& medium);

// Who connects, by the peer's a=setup (RFC 6135, 4.2; RFC 4145, 4.1): in an answer to its offer, or after its answer to
// ours. Without one it is who offers (RFC 4975, 5.4).
bool connects_as_answerer(const sip::Medium& offered, const OurChat& ours);
bool connects_as_offerer(const sip::Medium& answered);

}  // namespace session
