// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.h"
#include "dbus/chat_values.h"
#include "dbus/session_adaptor.h"

namespace dbus {
namespace {

using namespace session;
using Adaptor = org::sipsession1::Session_adaptor;

template <typename Named>
std::string text(Named named) {
  return std::string(to_text(named));
}

// One notification each, of the current session; an event that has none here does not compile.
struct Teller {
  Adaptor& adaptor;
  sdbus::IObject& object;
  std::uint64_t time = now();

  template <typename... Parameters, typename... Arguments>
  void tell(void (Adaptor::*emit)(Parameters...), const Arguments&... arguments) const {
    (adaptor.*emit)(time, arguments...);
  }

  // The same for what is written without a detour.
  template <typename Told>
  void send(const char* signal, const Told& told) const {
    auto message = object.createSignal(Adaptor::INTERFACE_NAME, signal);
    message << time;
    append(message, told);
    object.emitSignal(message);
  }

  void operator()(const ChangedState& e) const {
    tell(&Adaptor::emitSIPSessionChangedState, text(e.prev_state), text(e.state));
  }
  void operator()(const NewIncoming& e) const { tell(&Adaptor::emitSIPSessionNewIncoming, e.streams.names()); }
  void operator()(const NewOutgoing& e) const { tell(&Adaptor::emitSIPSessionNewOutgoing, e.streams.names()); }
  void operator()(const GotRingIndication&) const { tell(&Adaptor::emitSIPSessionGotRingIndication); }
  void operator()(const WillStart&) const { tell(&Adaptor::emitSIPSessionWillStart); }
  void operator()(const DidStart&) const { tell(&Adaptor::emitSIPSessionDidStart); }
  void operator()(const DidFail& e) const {
    tell(&Adaptor::emitSIPSessionDidFail, text(e.originator), e.code, base::to_display(e.reason));
  }
  void operator()(const WillEnd&) const { tell(&Adaptor::emitSIPSessionWillEnd); }
  void operator()(const DidEnd& e) const { tell(&Adaptor::emitSIPSessionDidEnd, text(e.originator)); }
  void operator()(const GotHoldRequest& e) const { tell(&Adaptor::emitSIPSessionGotHoldRequest, text(e.originator)); }
  void operator()(const GotUnholdRequest& e) const {
    tell(&Adaptor::emitSIPSessionGotUnholdRequest, text(e.originator));
  }
  void operator()(const WillStartRecordingAudio& e) const {
    tell(&Adaptor::emitSIPSessionWillStartRecordingAudio, base::to_utf8(e.file_name));
  }
  void operator()(const DidStartRecordingAudio& e) const {
    tell(&Adaptor::emitSIPSessionDidStartRecordingAudio, base::to_utf8(e.file_name));
  }
  void operator()(const WillStopRecordingAudio& e) const {
    tell(&Adaptor::emitSIPSessionWillStopRecordingAudio, base::to_utf8(e.file_name));
  }
  void operator()(const DidStopRecordingAudio& e) const {
    tell(&Adaptor::emitSIPSessionDidStopRecordingAudio, base::to_utf8(e.file_name));
  }
  void operator()(const GotNoAudio& e) const { tell(&Adaptor::emitSIPSessionGotNoAudio, e.got_any); }
  void operator()(const GotDTMF& e) const { tell(&Adaptor::emitSIPSessionGotDTMF, std::string(1, e.digit)); }
  void operator()(const GotMessage& e) const { send("SIPSessionGotMessage", e); }
  void operator()(const DidSendMessage&) const {}
  void operator()(const DidDeliverMessage& e) const { send("SIPSessionDidDeliverMessage", e.verdict); }
  void operator()(const DidNotDeliverMessage& e) const { send("SIPSessionDidNotDeliverMessage", e.verdict); }
  void operator()(const GotComposingIndication& e) const {
    tell(&Adaptor::emitSIPSessionGotComposingIndication, std::string(e.notice.active ? "active" : "idle"),
         base::to_display(e.notice.content_type), e.notice.refresh);
  }
  void operator()(const GotStreamProposal& e) const {
    tell(&Adaptor::emitSIPSessionGotStreamProposal, text(e.proposer), e.streams.names());
  }
  void operator()(const AcceptedStreamProposal& e) const {
    tell(&Adaptor::emitSIPSessionAcceptedStreamProposal, text(e.proposer));
  }
  void operator()(const RejectedStreamProposal& e) const {
    tell(&Adaptor::emitSIPSessionRejectedStreamProposal, text(e.proposer), base::to_display(e.reason));
  }
  void operator()(const GotStreamUpdate& e) const { tell(&Adaptor::emitSIPSessionGotStreamUpdate, e.streams.names()); }
  void operator()(const StreamDidFail& e) const {
    tell(&Adaptor::emitSIPSessionStreamDidFail, std::string(e.stream.audio ? "audio" : "chat"),
         base::to_display(e.reason));
  }
  void operator()(const PropertiesDidChange&) const {}
};

}  // namespace

void SessionAdaptor::emit(const session::Event& event) { std::visit(Teller{*this, *this}, event); }

}  // namespace dbus
