// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/session_adaptor.h"

#include <utility>

#include "dbus/chat_values.h"
#include "dbus/errors.h"
#include "dbus/names.h"

namespace dbus {
namespace {

using session::streams_from_names;

// The content may be as long as the setting says, every other text as long as any.
session::OutgoingMessage message_of(const config::ChatSettings& chat, std::string content,
                                    const std::string& content_type, const std::string& to_uri,
                                    std::uint64_t date_time) {
  const auto most = static_cast<std::size_t>(*chat.max_message_size);
  if (content.size() > most)
    throw base::Error(base::Errc::limit_reached, "a message of " + std::to_string(content.size()) +
                                                     " bytes is too long: chat.max_message_size allows " +
                                                     std::to_string(most));
  return {std::move(content), checked(content_type), checked(to_uri), from_bus(date_time)};
}

}  // namespace

SessionAdaptor::SessionAdaptor(const Bus& bus, session::SessionManager& manager, session::Session& session,
                               const config::ChatSettings& chat)
    : AdaptorInterfaces(bus.connection, session_path(session.number())),
      bus_(bus),
      manager_(manager),
      session_(session),
      chat_(chat),
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

std::string SessionAdaptor::SendMessage(const std::string& content, const std::string& content_type,
                                        const std::string& to_uri, const uint64_t& dt) {
  return answer([&] { return session_.send_message(message_of(chat_, content, content_type, to_uri, dt)); });
}

std::string SessionAdaptor::SendData(const std::vector<uint8_t>& content, const std::string& content_type,
                                     const std::string& to_uri, const uint64_t& dt) {
  return answer([&] {
    return session_.send_message(message_of(chat_, {content.begin(), content.end()}, content_type, to_uri, dt));
  });
}

void SessionAdaptor::SetComposing(const bool& active, const uint32_t& refresh) {
  answer([&] { session_.set_composing(active, refresh); });
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

Dictionary SessionAdaptor::ChatTransport() {
  return answer([&] { return to_bus(session_.chat_statistics()); });
}

void SessionAdaptor::Muted(const bool& value) {
  answer([&] { session_.set_muted(value); });
}

}  // namespace dbus
