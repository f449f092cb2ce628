// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/session/chat_offer.h"
#include "daemon/session/streams.h"
#include "daemon/sip/sdp.h"
#include "media/audio_stream.h"

// Offers and answers (RFC 3264) on checked descriptions: pure, no sockets and no state.
namespace session {

// Our side of the audio stream.
struct LocalAudio {
  std::string address;  // numeric
  std::uint16_t port = 0;
  std::vector<std::string> codecs;  // names of the codec table, in our order
  bool hold = false;                // we hold: what we send is nobody's voice and nothing is heard
};

// Our side of all streams.
struct LocalMedia {
  std::string address;  // numeric, of o= and the session's c=
  std::optional<LocalAudio> audio = {};
  std::optional<OurChat> chat = {};
  bool held_by_remote = false;
};

// The streams that the peer offers and that we could take.
Streams acceptable_streams(const sip::Description& offer, const std::vector<std::string>& codecs, bool chat);
// Those that it offers at all, with a port, whether or not we can take them.
Streams offered_streams(const sip::Description& offer);
// The first chat that it offers and that we could take; null when there is none.
const sip::Medium* offered_chat(const sip::Description& offer);

// Random, for o=.
std::uint64_t new_description_id();
// An offer: of a new session, audio first, or on top of what is agreed, where every stream keeps its place (RFC 3264,
// 8). A stream that we have no more is removed; a new one takes the place of one of its kind that is gone, or comes
// last.
sip::Description make_offer(std::uint64_t session_id, const LocalMedia& ours,
                            const std::optional<sip::Description>& present = {});

// The answer to an offer, and what the streams are to do; nothing: it was refused or is not there.
struct Answer {
  sip::Description description;
  std::optional<media::AudioParameters> audio;
  bool held_by_remote = false;
  std::optional<ChatSettlement> chat;
};
// What we do not have is refused.
Answer make_answer(const sip::Description& offer, const LocalMedia& ours, std::uint64_t session_id);

// What the peer's answer to our offer settles.
struct Settlement {
  std::optional<media::AudioParameters> audio;
  bool held_by_remote = false;
  std::optional<ChatSettlement> chat;
  std::string fault;  // a sentence when the answer does not fit the offer

  Streams streams() const { return {audio.has_value(), chat.has_value()}; }
};
Settlement read_answer(const sip::Description& offer, const sip::Description& answer, bool hold);

// Why a re-INVITE cannot be taken (behaviour: fewer media, another kind in the place of a running stream, a stream
// added and another one removed), or "".
std::string fault_of_reoffer(const sip::Description& offer, const sip::Description& present, Streams running);

}  // namespace session
