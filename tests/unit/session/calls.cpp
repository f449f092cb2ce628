// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/unit/session/calls.h"

#include <sstream>

#include "base/log.h"
#include "tests/unit/sip/sdp_text.h"

using namespace session;

namespace {

std::string joined(const std::vector<std::string>& words, const char* between = ", ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::string text_of(const Streams& streams) { return streams.empty() ? "" : " " + joined(streams.names(), "+"); }

std::string line(const std::string& name, Party party) { return name + " " + std::string(to_text(party)); }

struct Writer {
  std::string operator()(const ChangedState& e) const {
    return std::string(to_text(e.prev_state)) + ">" + std::string(to_text(e.state));
  }
  std::string operator()(const NewIncoming& e) const { return "NewIncoming" + text_of(e.streams); }
  std::string operator()(const NewOutgoing& e) const { return "NewOutgoing" + text_of(e.streams); }
  std::string operator()(const GotRingIndication&) const { return "GotRingIndication"; }
  std::string operator()(const WillStart&) const { return "WillStart"; }
  std::string operator()(const DidStart&) const { return "DidStart"; }
  std::string operator()(const DidFail& e) const {
    return line("DidFail", e.originator) + " " + std::to_string(e.code) + " " + e.reason;
  }
  std::string operator()(const WillEnd&) const { return "WillEnd"; }
  std::string operator()(const DidEnd& e) const { return line("DidEnd", e.originator); }
  std::string operator()(const GotHoldRequest& e) const { return line("GotHoldRequest", e.originator); }
  std::string operator()(const GotUnholdRequest& e) const { return line("GotUnholdRequest", e.originator); }
  std::string operator()(const WillStartRecordingAudio&) const { return "WillStartRecording"; }
  std::string operator()(const DidStartRecordingAudio&) const { return "DidStartRecording"; }
  std::string operator()(const WillStopRecordingAudio&) const { return "WillStopRecording"; }
  std::string operator()(const DidStopRecordingAudio&) const { return "DidStopRecording"; }
  std::string operator()(const GotNoAudio& e) const { return e.got_any ? "GotNoAudio more" : "GotNoAudio any"; }
  std::string operator()(const GotDTMF& e) const { return std::string("GotDTMF ") + e.digit; }
  std::string operator()(const GotMessage& e) const {
    return "GotMessage " + e.content_type + " " + e.content + (e.foreign_sender ? " foreign" : "");
  }
  std::string operator()(const DidSendMessage& e) const { return "DidSend " + e.message_id; }
  std::string operator()(const DidDeliverMessage& e) const { return "DidDeliver " + e.verdict.message_id; }
  std::string operator()(const DidNotDeliverMessage& e) const {
    return "DidNotDeliver " + e.verdict.message_id + " " + std::to_string(e.verdict.code);
  }
  std::string operator()(const GotComposingIndication& e) const {
    return e.notice.active ? "Composing active" : "Composing idle";
  }
  std::string operator()(const GotStreamProposal& e) const { return line("Proposal", e.proposer) + text_of(e.streams); }
  std::string operator()(const AcceptedStreamProposal& e) const { return line("Accepted", e.proposer); }
  std::string operator()(const RejectedStreamProposal& e) const {
    return line("Rejected", e.proposer) + " " + e.reason;
  }
  std::string operator()(const GotStreamUpdate& e) const { return "GotStreamUpdate" + text_of(e.streams); }
  std::string operator()(const StreamDidFail& e) const { return "StreamDidFail" + text_of(e.stream) + " " + e.reason; }
  std::string operator()(const PropertiesDidChange&) const { return ""; }
};

config::AccountSettings bonjour() {
  config::AccountSettings settings = config::bonjour_defaults();
  settings.contact_user = "alice";
  return settings;
}

}  // namespace

std::string peer_audio(const std::string& formats, const std::string& direction, const std::string& address,
                       unsigned port) {
  std::string media = "m=audio " + std::to_string(port) + " RTP/AVP " + formats + "\r\nc=IN IP4 " + address +
                      "\r\na=rtpmap:101 telephone-event/8000\r\n";
  if (!direction.empty()) media += "a=" + direction + "\r\n";
  return description_with(media);
}

std::string chat_line(const std::string& attributes, const std::string& protocol, unsigned port,
                      const std::string& id) {
  return "m=message " + std::to_string(port) + " " + protocol + " *\r\na=path:msrp://192.0.2.2:9000/" + id +
         ";tcp\r\na=accept-types:message/cpim text/*\r\n" + attributes;
}

std::string peer_chat(const std::string& attributes) { return description_with(chat_line(attributes)); }

std::string peer_audio_and_chat(const std::string& attributes) { return peer_audio() + chat_line(attributes); }

std::string text_of(const Event& event) { return std::visit(Writer{}, event); }

std::string text_of(const Properties& p) {
  std::ostringstream out;
  out << to_text(p.state) << '|' << p.account << '|' << p.direction << '|' << p.start_time.time_since_epoch().count()
      << '|' << p.stop_time.time_since_epoch().count() << '|' << p.on_hold_by_local << p.on_hold_by_remote << p.muted
      << '|' << p.remote_user_agent << '|' << p.local_uri << '|' << p.remote_uri << '|' << p.caller_uri << '|'
      << p.callee_uri << '|' << p.remote_display_name << '|' << p.route.host << ' ' << p.route.port << ' '
      << p.route.transport << '|' << text_of(p.streams) << '|' << text_of(p.proposed_streams) << '|'
      << p.audio_sample_rate << '|' << p.audio_codec << '|' << p.audio_local_rtp_address << ' '
      << p.audio_local_rtp_port << '|' << p.audio_remote_rtp_address_sdp << ' ' << p.audio_remote_rtp_port_sdp << '|'
      << p.audio_remote_rtp_address_received << ' ' << p.audio_remote_rtp_port_received << '|'
      << p.audio_recording_file_name << '|' << p.end_reason.originator << ' ' << p.end_reason.code << ' '
      << p.end_reason.reason;
  return out.str();
}

Calls::Calls()
    : reach{[](const std::string& user, const std::string& transport) {
              return "sip:" + user + "@192.0.2.1:5060;transport=" + transport;
            },
            [] { return std::string("192.0.2.1"); }},
      accounts(bonjour(), reach),
      manager({clock, audio, resolver, settings, &chats, directory.path(), &legs}, accounts) {
  base::log::set_level(base::log::Level::error);
  accounts.start();
  manager.set_listener(*this);
}

Session& Calls::outgoing(const std::vector<sip::Route>& routes) {
  Session& session = manager.create_session(*accounts.default_account());
  session.connect("sip:bob@192.0.2.2", routes, audio_only);
  return session;
}

Session& Calls::outgoing_established() {
  Session& session = outgoing();
  dialog().tell(sip::Answered{peer_audio(), {}});
  forget();
  return session;
}

void Calls::invite(const std::optional<std::string>& offer, const std::string& user) {
  sip::Invite invite;
  invite.request_user = user;
  invite.request_host = "192.0.2.1";
  invite.local_uri = "sip:alice@192.0.2.1";
  invite.remote_uri = "sip:bob@192.0.2.2";
  invite.remote_display_name = "Bob";
  invite.user_agent = "Phone 1";
  invite.source_address = "192.0.2.2";
  invite.local_address = "192.0.2.1";
  invite.description = offer;
  manager.on_invite(legs.create_leg(), invite);
}

Session& Calls::incoming(const std::optional<std::string>& offer) {
  invite(offer);
  return *last;
}

Session& Calls::incoming_established(const std::optional<std::string>& offer) {
  Session& session = incoming(offer);
  session.accept(audio_only);
  dialog().tell(sip::Confirmed{offer ? std::nullopt : std::optional(peer_audio())});
  forget();
  return session;
}

std::string Calls::told() { return joined(std::exchange(events_, {})); }

void Calls::on_session_added(Session& session) {
  last = &session;
  added.push_back(session.number());
}

void Calls::on_session_event(Session&, const Event& event) {
  if (std::string text = text_of(event); !text.empty()) events_.push_back(std::move(text));
}

void Calls::on_session_removed(const Session& session) { removed.push_back(session.number()); }
