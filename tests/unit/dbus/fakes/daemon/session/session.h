// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "daemon/session/properties.h"
#include "media/audio_stream.h"
#include "msrp/chat_stream.h"

namespace session {

// Stands for the Session of the daemon, by its name and place: what the door calls compiles against both. Its verbs do
// just enough to tell something.
class Session {
 public:
  Session(std::uint64_t number, std::function<void(Session&, const Event&)> listener)
      : number_(number), listener_(std::move(listener)) {}

  void connect(const std::string&, const std::vector<sip::Route>&, Streams streams) {
    fake.proposed_streams = streams;
    fake.direction = "outgoing";
    step(State::calling);
    tell(NewOutgoing{streams});
  }
  void accept(Streams) { unexpected(); }
  void reject(bool) { unexpected(); }
  void hold() {
    if (fake.state != State::established)
      throw base::Error(base::Errc::invalid_state, "session " + std::to_string(number_) + " holds in ESTABLISHED only");
    fake.on_hold_by_local = true;
    tell(GotHoldRequest{Party::local});
  }
  void unhold() { throw 42; }
  void start_recording_audio(const std::string&) { throw std::runtime_error("the disk\xff is gone"); }
  void stop_recording_audio() { unexpected(); }
  void send_dtmf(const std::string&) { unexpected(); }
  // What becomes of the message is its recipient: "echo" sends it back, with odd headers; "report", "answer" and
  // "silence" are what a verdict rests on.
  std::string send_message(const OutgoingMessage& message) {
    if (fake.state != State::established) unexpected();
    if (!fake.streams.chat) throw base::Error(base::Errc::no_such_stream, "there is no chat");
    const std::string id = "message" + std::to_string(++messages_);
    tell(DidSendMessage{id, message.content, message.content_type, message.to_uri});
    const msrp::Request raw = request(id);
    if (message.to_uri == "echo")
      tell(GotMessage{message.content, message.content_type, odd_headers(message), true, raw});
    else if (message.to_uri == "report")
      tell(DidDeliverMessage{{id, true, 200, "OK", raw}});
    else if (message.to_uri == "answer")
      tell(DidNotDeliverMessage{{id, false, 415, "No\x1b\xff", msrp::answer(raw, 415)}});
    else if (message.to_uri == "silence")
      tell(DidNotDeliverMessage{{id, false, 0, "nothing came", {}}});
    return id;
  }
  void set_composing(bool active, unsigned refresh) {
    tell(GotComposingIndication{{active, "text/plain\x1b", refresh, ""}});
  }
  void add_stream(Streams) { unexpected(); }
  void remove_stream(Streams) { unexpected(); }
  void accept_proposal(Streams) { unexpected(); }
  void reject_proposal() { unexpected(); }
  // Two changes of the same property within one request.
  void end(bool) {
    step(State::terminating);
    tell(WillEnd{});
    fake.end_reason = {"local", 0, "ended"};
    step(State::terminated);
    tell(DidEnd{Party::local});
  }
  void set_muted(bool muted) {
    fake.muted = muted;
    tell(PropertiesDidChange{});
  }

  std::uint64_t number() const { return number_; }
  const Properties& properties() const { return fake; }
  State state() const { return fake.state; }
  std::optional<media::AudioStatistics> audio_statistics() const { return media::AudioStatistics{.packets_sent = 7}; }
  std::optional<media::AudioParameters> audio_parameters() const { return media::AudioParameters{}; }
  std::optional<msrp::ChatStatistics> chat_statistics() const {
    if (!fake.streams.chat) return {};
    msrp::ChatStatistics statistics;
    statistics.local_path = *msrp::path_from_text("msrps://192.0.2.1:2855/a;tcp");
    statistics.transport = "tls";
    statistics.verification = msrp::Verification::fingerprint;
    statistics.remote_port = 4711;
    statistics.counters.received_bytes = 7;
    return statistics;
  }

  void step(State state) {
    const State before = std::exchange(fake.state, state);
    tell(ChangedState{before, state});
  }
  void tell(const Event& event) { listener_(*this, event); }

  Properties fake;

 private:
  static msrp::Request request(const std::string& id) {
    msrp::Request raw{"t1", "SEND", {}};
    raw.headers.to_path = *msrp::path_from_text("msrp://192.0.2.1:2855/a;tcp");
    raw.headers.from_path = *msrp::path_from_text("msrp://relay.example.com;tcp msrp://192.0.2.2/b;tcp");
    raw.headers.message_id = id;
    raw.headers.success_report = true;
    raw.headers.byte_range = msrp::ByteRange{1, 5, {}};
    raw.headers.status = msrp::Status{200, "OK"};
    raw.headers.content_type = "text/plain";
    raw.headers.others = {{"X-Odd", "a\xff"}, {"X-Odd", "b"}};
    return raw;
  }
  static std::vector<msrp::Header> odd_headers(const OutgoingMessage& message) {
    const auto time = std::to_string(message.date_time.time_since_epoch() / std::chrono::microseconds(1));
    return {{"To", "<sip:a@b>"}, {"To", "<sip:c@d>"}, {"X-\xff", std::string("n\0l", 3)}, {"DateTime", time}};
  }
  [[noreturn]] void unexpected() const { throw base::Error(base::Errc::invalid_state, "not in this fake"); }

  std::uint64_t number_;
  unsigned messages_ = 0;
  std::function<void(Session&, const Event&)> listener_;
};

}  // namespace session
