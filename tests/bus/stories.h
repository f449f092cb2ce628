// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "tests/support/sip_peer.h"
#include "tests/support/station.h"

// What sessions tell, and calls between a daemon and a scripted peer that run already.
namespace test {

struct Story {
  Story(std::initializer_list<std::string> those) : lines(those) {}

  std::vector<std::string> lines;

  friend Story operator+(Story first, const Story& second) {
    first.lines.insert(first.lines.end(), second.lines.begin(), second.lines.end());
    return first;
  }
};

// Fails with what is wrong with the story of the session, if anything.
#define CHECK_STORY(station, session, ...) \
  BOOST_CHECK_EQUAL(test::fault_of_story(station, session, (__VA_ARGS__).lines), "")

inline const Story called_and_accepted{"ChangedState NULL INCOMING",
                                       "NewIncoming audio",
                                       "ChangedState INCOMING ACCEPTING",
                                       "GotStreamUpdate audio",
                                       "WillStart",
                                       "ChangedState ACCEPTING ESTABLISHED",
                                       "DidStart"};
inline const Story calling{"ChangedState NULL CALLING", "NewOutgoing audio"};
inline const Story ringing = calling + Story{"GotRingIndication"};
inline const Story answered{"WillStart", "GotStreamUpdate audio", "ChangedState CALLING ESTABLISHED", "DidStart"};
inline const Story ended_by_us{"ChangedState ESTABLISHED TERMINATING", "WillEnd", "GotStreamUpdate",
                               "ChangedState TERMINATING TERMINATED", "DidEnd local"};
inline const Story ended_by_peer{"GotStreamUpdate", "ChangedState ESTABLISHED TERMINATED", "DidEnd remote"};

// The peer called, and the call is established.
struct IncomingCall {
  explicit IncomingCall(Station& station, const std::string& description = Sdp{}.text(),
                        const std::string& headers = "");

  Station& station;
  SipPeer peer;
  PeerCall call;
  SipMessage invite;
  SipMessage ok;
  std::string session;
};

// The daemon called, and the call is established.
struct OutgoingCall {
  explicit OutgoingCall(Station& station, const std::string& description = Sdp{}.text(),
                        const std::string& headers = "");

  Station& station;
  SipPeer peer;
  std::string session;
  SipMessage invite;
  PeerCall call;
};

}  // namespace test
