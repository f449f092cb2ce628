// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "daemon/session/machine.h"
#include "daemon/session/streams.h"
#include "msrp/chat_values.h"

// What a session tells, one struct for each notification of the API, by its name.
namespace session {

enum class Party { local, remote };

constexpr std::string_view to_text(Party party) { return party == Party::local ? "local" : "remote"; }

struct ChangedState {
  State prev_state;
  State state;
};
struct NewIncoming {
  Streams streams;
};
struct NewOutgoing {
  Streams streams;
};
struct GotRingIndication {};
struct WillStart {};
struct DidStart {};
struct DidFail {
  Party originator;
  unsigned code;  // of SIP, or 0
  std::string reason;
};
struct WillEnd {};
struct DidEnd {
  Party originator;
};
struct GotHoldRequest {
  Party originator;
};
struct GotUnholdRequest {
  Party originator;
};
struct WillStartRecordingAudio {
  std::string file_name;
};
struct DidStartRecordingAudio {
  std::string file_name;
};
struct WillStopRecordingAudio {
  std::string file_name;
};
struct DidStopRecordingAudio {
  std::string file_name;
};
struct GotNoAudio {
  bool got_any;
};
struct GotDTMF {
  char digit;
};
struct GotMessage {
  std::string content;
  std::string content_type;
  std::vector<msrp::Header> cpim_headers;  // of both blocks, decoded; empty without a wrapper
  bool foreign_sender;                     // the wrapper names another sender than the peer
  msrp::Request message;                   // the last chunk
};
// SendMessage took it. It goes to the history only.
struct DidSendMessage {
  std::string message_id;
  std::string content;
  std::string content_type;
  std::string to_uri;
};
struct DidDeliverMessage {
  msrp::Verdict verdict;
};
struct DidNotDeliverMessage {
  msrp::Verdict verdict;
};
struct GotComposingIndication {
  msrp::Composing notice;
};
struct GotStreamProposal {
  Party proposer;
  Streams streams;
};
struct AcceptedStreamProposal {
  Party proposer;
};
struct RejectedStreamProposal {
  Party proposer;
  std::string reason;
};
struct GotStreamUpdate {
  Streams streams;
};
struct StreamDidFail {
  Streams stream;  // exactly one
  std::string reason;
};
// Properties changed and no notification tells of it.
struct PropertiesDidChange {};

using Event =
    std::variant<ChangedState, NewIncoming, NewOutgoing, GotRingIndication, WillStart, DidStart, DidFail, WillEnd,
                 DidEnd, GotHoldRequest, GotUnholdRequest, WillStartRecordingAudio, DidStartRecordingAudio,
                 WillStopRecordingAudio, DidStopRecordingAudio, GotNoAudio, GotDTMF, GotMessage, DidSendMessage,
                 DidDeliverMessage, DidNotDeliverMessage, GotComposingIndication, GotStreamProposal,
                 AcceptedStreamProposal, RejectedStreamProposal, GotStreamUpdate, StreamDidFail, PropertiesDidChange>;

}  // namespace session
