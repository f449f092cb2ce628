// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/commands.h"

#include <poll.h>

#include <iostream>

#include "tools/sipctl/calls.h"
#include "tools/sipctl/choose.h"

namespace sipctl {
namespace {

constexpr const char* engine_path = "/org/sipsession1/Engine";

bool is_active(const Properties& session) {
  const std::string state = text_of(session, "State");
  return state != "NULL" && state != "TERMINATING" && state != "TERMINATED";
}
bool is_incoming(const Properties& session) { return text_of(session, "State") == "INCOMING"; }
bool is_proposed(const Properties& session) { return text_of(session, "State") == "PROPOSED"; }
bool waits_for_us(const Properties& session) { return is_incoming(session) || is_proposed(session); }
bool is_held_by_us(const Properties& session) {
  return is_established(session) && text_of(session, "OnHoldByLocal") == "true";
}
bool is_recording(const Properties& session) {
  return is_established(session) && !text_of(session, "AudioRecordingFileName").empty();
}

// Waits until the session is established, which gives "", or over, which gives the reason.
std::string wait_for_state(Daemon& daemon, const std::string& session) {
  for (;;) {
    const Properties properties = daemon.properties(session, "Session");
    const std::string state = text_of(properties, "State");
    if (state == "ESTABLISHED") return "";
    if (state == "TERMINATED") return end_reason(properties);
    pollfd poll{daemon.connection().getEventLoopPollData().fd, POLLIN, 0};
    if (!daemon.connection().processPendingRequest()) ::poll(&poll, 1, 1000);
  }
}

}  // namespace

void call(const Options& options, const Command& command) {
  Daemon daemon(options);
  // What wakes wait_for_state() must be listened for before the call.
  const auto match = daemon.connection().addMatch("type='signal',sender='org.sipsession1'", [](sdbus::Message&) {});
  const std::string session = place_call(daemon, command);
  std::cout << (options.json ? "{\"session\": " + to_json(session) + "}" : session) << std::endl;
  if (!command.wait) return;
  const std::string failure = wait_for_state(daemon, session);
  if (!failure.empty()) throw Failure{refused, failure};
}

void accept(const Options& options, const Command& command) {
  Daemon daemon(options);
  const std::string session = choose(daemon.sessions(), command.session, waits_for_us, "incoming or proposed");
  const Properties properties = daemon.properties(session, "Session");
  auto streams = command.streams;
  if (streams.empty()) streams = texts_of(properties, "ProposedStreams");
  daemon.call(session, "Session", is_proposed(properties) ? "AcceptProposal" : "Accept", streams);
}

void reject(const Options& options, const Command& command) {
  Daemon daemon(options);
  const std::string session = choose(daemon.sessions(), command.session, waits_for_us, "incoming or proposed");
  if (is_proposed(daemon.properties(session, "Session")))
    daemon.call(session, "Session", "RejectProposal");
  else
    daemon.call(session, "Session", "Reject", command.busy);
}

void add_stream(const Options& options, const Command& command) {
  Daemon daemon(options);
  const std::string session = choose(daemon.sessions(), command.session, is_established, "established");
  daemon.call(session, "Session", command.name == "audio" ? "AddAudio" : "AddChat");
}

void remove_stream(const Options& options, const Command& command) {
  Daemon daemon(options);
  const std::string session = choose(daemon.sessions(), command.session, is_established, "established");
  daemon.call(session, "Session", command.name == "audio" ? "RemoveAudio" : "RemoveChat");
}

void hang_up(const Options& options, const Command& command) {
  Daemon daemon(options);
  daemon.call(choose(daemon.sessions(), command.session, is_active, "active"), "Session", "End", command.busy);
}

void hold(const Options& options, const Command& command) {
  Daemon daemon(options);
  daemon.call(choose(daemon.sessions(), command.session, is_established, "established"), "Session", "Hold");
}

void unhold(const Options& options, const Command& command) {
  Daemon daemon(options);
  daemon.call(choose(daemon.sessions(), command.session, is_held_by_us, "held"), "Session", "Unhold");
}

void record(const Options& options, const Command& command) {
  Command named = command;
  if (!named.words.empty() && names_session(named.words.front())) {
    named.session = named.words.front();
    named.words.erase(named.words.begin());
  }
  if (named.words.size() > (named.stop ? 0 : 1))
    throw Failure{usage, "record takes [SESSION] [FILE], or --stop [SESSION]"};
  Daemon daemon(options);
  if (named.stop) {
    daemon.call(choose(daemon.sessions(), named.session, is_recording, "recording"), "Session", "StopRecordingAudio");
    return;
  }
  const std::string session = choose(daemon.sessions(), named.session, is_established, "established");
  daemon.call(session, "Session", "StartRecordingAudio", named.words.empty() ? std::string() : named.words.front());
  const std::string file = text_of(daemon.properties(session, "Session"), "AudioRecordingFileName");
  std::cout << (options.json ? "{\"file\": " + to_json(file) + "}" : file) << std::endl;
}

void send_dtmf(const Options& options, const Command& command) {
  Daemon daemon(options);
  const std::string session = choose(daemon.sessions(), command.session, is_established, "established");
  for (const char digit : command.digits) daemon.call(session, "Session", "SendDtmf", std::string(1, digit));
}

void list_sessions(const Options& options, const Command&) {
  for (const Session& session : Daemon(options).sessions()) {
    Properties properties = session.second;
    properties["Path"] = {'o', session.first, {}};
    std::cout << (options.json ? json_of(properties) : line_of(session)) << std::endl;
  }
}

void show_engine(const Options& options, const Command&) {
  const Properties engine = Daemon(options).properties(engine_path, "Engine");
  if (options.json) {
    std::cout << json_of(engine) << std::endl;
    return;
  }
  for (const auto& [name, value] : engine) {
    const bool list = value.type == 'a';
    std::cout << name << ":" << (list ? "" : " " + value.text) << "\n";
    if (!list) continue;
    for (const Value& item : value.items) std::cout << "  " << (item.type == 's' ? item.text : item.to_text()) << "\n";
  }
}

}  // namespace sipctl
