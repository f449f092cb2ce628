// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "daemon/sip/sdp.h"
#include "tests/unit/session/calls.h"

inline constexpr session::Streams both{.audio = true, .chat = true};
inline constexpr session::Streams chat_only{.chat = true};

class Chats : public Calls {
 public:
  session::Session& calling(session::Streams streams) {
    session::Session& session = manager.create_session(*accounts.default_account());
    session.connect("sip:bob@192.0.2.2", {}, streams);
    return session;
  }
  session::Session& chatting() {
    session::Session& session = calling(chat_only);
    dialog().tell(sip::Answered{peer_chat("a=setup:passive\r\n"), {}});
    conversation().tell(msrp::DidBind{});
    forget();
    return session;
  }
  session::Session& talking() {
    session::Session& session = calling(both);
    dialog().tell(sip::Answered{peer_audio_and_chat("a=setup:passive\r\n"), {}});
    conversation().tell(msrp::DidBind{});
    forget();
    return session;
  }
  sip::Medium our(const std::string& kind) {
    const sip::Reading reading = sip::read_description(dialog().description);
    for (const sip::Medium& medium : reading.description->media)
      if (medium.kind == kind) return medium;
    return {};
  }
};

inline session::OutgoingMessage hello() { return {.content = "hello", .content_type = {}, .to_uri = {}}; }
