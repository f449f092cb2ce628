// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/handshakes.h"
#include "daemon/sip/route.h"
#include "daemon/sip/sofia.h"

// What the events of nua tell of a response.
namespace sip {

// Whether a response came at all: for a time-out or a connection that was refused the library makes one itself.
bool came_from_the_peer(const sip_t* sip);

// The phrase, with the first warning in brackets if there is one.
std::string reason_of(const char* phrase, const sip_t* sip);

// nua tells with status 100 that it asks once more with an answer to the challenge, and shows the refusal.
bool is_restarted(int status, const sip_t* sip);

// Where a message came from, or a response to it goes: without a port if that is not known.
base::Peer peer_of(msg_t* message);

// Where a request for this URL goes: its host in lower case, without the brackets of an IPv6 address, and its port.
Route hop_of(const url_t* url);

}  // namespace sip
