// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

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

// The streams that the peer offers and that we could take.
Streams acceptable_streams(const sip::Description& offer, const std::vector<std::string>& codecs);
// Those that it offers at all, with a port, whether or not we can take them.
Streams offered_streams(const sip::Description& offer);

// Random, for o=.
std::uint64_t new_description_id();
// A first offer with an audio stream.
sip::Description make_offer(std::uint64_t session_id, const LocalAudio& audio);
// Our present description again, with a higher version and the direction that holding asks for.
sip::Description make_reoffer(const sip::Description& present, bool hold, bool held_by_remote);

// Whether what we said asks the peer to hear and not to speak.
bool offers_hold(const sip::Description& description);

// The answer to an offer, and what the audio stream is to do; nothing: it was refused or is not there.
struct Answer {
  sip::Description description;
  std::optional<media::AudioParameters> audio;
  bool held_by_remote = false;
};
// Without `audio` every medium is refused. The version follows that of `present`.
Answer make_answer(const sip::Description& offer, const std::optional<LocalAudio>& audio, std::uint64_t session_id,
                   const std::optional<sip::Description>& present);

// What the peer's answer to our offer settles.
struct Settlement {
  std::optional<media::AudioParameters> audio;
  bool held_by_remote = false;
  std::string fault;  // a sentence when the answer does not fit the offer
};
Settlement read_answer(const sip::Description& offer, const sip::Description& answer, bool hold);

}  // namespace session
