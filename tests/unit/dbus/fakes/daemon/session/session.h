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
  std::string send_message(const OutgoingMessage&) { unexpected(); }
  void set_composing(bool, unsigned) { unexpected(); }
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
  std::optional<msrp::ChatStatistics> chat_statistics() const { return {}; }

  void step(State state) {
    const State before = std::exchange(fake.state, state);
    tell(ChangedState{before, state});
  }
  void tell(const Event& event) { listener_(*this, event); }

  Properties fake;

 private:
  [[noreturn]] void unexpected() const { throw base::Error(base::Errc::invalid_state, "not in this fake"); }

  std::uint64_t number_;
  std::function<void(Session&, const Event&)> listener_;
};

}  // namespace session
