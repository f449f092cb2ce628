// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/session_adaptor.h"

#include <utility>

#include "dbus/errors.h"
#include "dbus/names.h"

namespace dbus {
namespace {

using session::streams_from_names;

[[noreturn]] void refuse_message(const session::Session& session) {
  const std::string name = "session " + std::to_string(session.number());
  if (session.state() != session::State::established)
    throw base::Error(base::Errc::invalid_state, name + " sends messages in ESTABLISHED only, and it is in " +
                                                     std::string(session::to_text(session.state())));
  throw base::Error(base::Errc::no_such_stream, name + " has no chat stream to send a message on");
}

}  // namespace

SessionAdaptor::SessionAdaptor(const Bus& bus, session::SessionManager& manager, session::Session& session)
    : AdaptorInterfaces(bus.connection, session_path(session.number())),
      bus_(bus),
      manager_(manager),
      session_(session),
      shown_(values_of(session.properties())) {
  registerAdaptor();
}

SessionAdaptor::~SessionAdaptor() { unregisterAdaptor(); }

Interface SessionAdaptor::interface() const {
  Interface interface { INTERFACE_NAME, all(session_table(), shown_) };
  interface.properties["AudioTransport"] = Dictionary();
  interface.properties["ChatTransport"] = Dictionary();
  return interface;
}

void SessionAdaptor::Connect(const std::string& callee_uri, const std::vector<dbus::Route>& routes,
                             const Names& streams) {
  answer([&] { session_.connect(checked(callee_uri), from_bus(routes), streams_from_names(streams)); });
}

void SessionAdaptor::Accept(const Names& streams) {
  answer([&] { session_.accept(streams_from_names(streams)); });
}

void SessionAdaptor::Reject(const bool& is_busy) {
  answer([&] { session_.reject(is_busy); });
}

void SessionAdaptor::Hold() {
  answer([&] { session_.hold(); });
}

void SessionAdaptor::Unhold() {
  answer([&] { session_.unhold(); });
}

void SessionAdaptor::StartRecordingAudio(const std::string& file_name) {
  answer([&] { session_.start_recording_audio(checked(file_name)); });
}

void SessionAdaptor::StopRecordingAudio() {
  answer([&] { session_.stop_recording_audio(); });
}

void SessionAdaptor::SendDtmf(const std::string& digit) {
  answer([&] { session_.send_dtmf(checked(digit)); });
}

std::string SessionAdaptor::SendMessage(const std::string&, const std::string&, const std::string&, const uint64_t&) {
  return answer([&]() -> std::string { refuse_message(session_); });
}

std::string SessionAdaptor::SendData(const std::vector<uint8_t>&, const std::string&, const std::string&,
                                     const uint64_t&) {
  return answer([&]() -> std::string { refuse_message(session_); });
}

void SessionAdaptor::AddAudio() {
  answer([&] { session_.add_stream({.audio = true}); });
}

void SessionAdaptor::AddChat() {
  answer([&] { session_.add_stream({.chat = true}); });
}

void SessionAdaptor::RemoveAudio() {
  answer([&] { session_.remove_stream({.audio = true}); });
}

void SessionAdaptor::RemoveChat() {
  answer([&] { session_.remove_stream({.chat = true}); });
}

void SessionAdaptor::AcceptProposal(const Names& streams) {
  answer([&] { session_.accept_proposal(streams_from_names(streams)); });
}

void SessionAdaptor::RejectProposal() {
  answer([&] { session_.reject_proposal(); });
}

void SessionAdaptor::End(const bool& is_busy) {
  answer([&] { session_.end(is_busy); });
}

void SessionAdaptor::Release() {
  answer([&] { manager_.release(session_); });
}

Dictionary SessionAdaptor::AudioTransport() {
  return answer([&] { return to_bus(session_.audio_statistics(), session_.audio_parameters()); });
}

void SessionAdaptor::Muted(const bool& value) {
  answer([&] { session_.set_muted(value); });
}

}  // namespace dbus
