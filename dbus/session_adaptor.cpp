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

struct SessionAdaptor::Exported : Member {
  Exported(SessionAdaptor& home_of, session::Session& of)
      : Member(home_of, session_path(of.number())), session(of), shown(values_of(of.properties())) {}

  session::Session& session;
  SessionValues shown;
};

SessionAdaptor::SessionAdaptor(const Bus& bus, session::SessionManager& manager, const config::ChatSettings& chat)
    : SharedObject(bus),
      Session_adaptor(static_cast<sdbus::IObject&>(*this)),
      bus_(bus),
      manager_(manager),
      chat_(chat) {
  export_below(session_prefix, INTERFACE_NAME);
}

SessionAdaptor::Exported& SessionAdaptor::exported() const { return static_cast<Exported&>(current()); }
session::Session& SessionAdaptor::session() const { return exported().session; }
const SessionValues& SessionAdaptor::shown() const { return exported().shown; }

Interface SessionAdaptor::add(session::Session& session) {
  auto exported = std::make_unique<Exported>(*this, session);
  Interface interface { INTERFACE_NAME, all(session_table(), exported->shown) };
  interface.properties["AudioTransport"] = Dictionary();
  interface.properties["ChatTransport"] = Dictionary();
  SharedObject::add(std::move(exported));
  return interface;
}

void SessionAdaptor::tell(const session::Session& session, const session::Event& event) {
  Member* member = find(session_path(session.number()));
  if (member == nullptr) return;
  const Turn turn(*member);
  SessionValues values = values_of(session.properties());
  tell_properties_changed(bus_, *this, INTERFACE_NAME, changes(session_table(), shown(), values));
  exported().shown = std::move(values);
  emit(event);
}

bool SessionAdaptor::remove(const session::Session& session) {
  return SharedObject::remove(session_path(session.number()));
}

void SessionAdaptor::Connect(const std::string& callee_uri, const std::vector<dbus::Route>& routes,
                             const Names& streams) {
  answer([&] { session().connect(checked(callee_uri), from_bus(routes), streams_from_names(streams)); });
}

void SessionAdaptor::Accept(const Names& streams) {
  answer([&] { session().accept(streams_from_names(streams)); });
}

void SessionAdaptor::Reject(const bool& is_busy) {
  answer([&] { session().reject(is_busy); });
}

void SessionAdaptor::Hold() {
  answer([&] { session().hold(); });
}

void SessionAdaptor::Unhold() {
  answer([&] { session().unhold(); });
}

void SessionAdaptor::StartRecordingAudio(const std::string& file_name) {
  answer([&] { session().start_recording_audio(checked(file_name)); });
}

void SessionAdaptor::StopRecordingAudio() {
  answer([&] { session().stop_recording_audio(); });
}

void SessionAdaptor::SendDtmf(const std::string& digit) {
  answer([&] { session().send_dtmf(checked(digit)); });
}

std::string SessionAdaptor::SendMessage(const std::string& content, const std::string& content_type,
                                        const std::string& to_uri, const uint64_t& dt) {
  return answer([&] { return session().send_message(message_of(chat_, content, content_type, to_uri, dt)); });
}

std::string SessionAdaptor::SendData(const std::vector<uint8_t>& content, const std::string& content_type,
                                     const std::string& to_uri, const uint64_t& dt) {
  return answer([&] {
    return session().send_message(message_of(chat_, {content.begin(), content.end()}, content_type, to_uri, dt));
  });
}

void SessionAdaptor::SetComposing(const bool& active, const uint32_t& refresh) {
  answer([&] { session().set_composing(active, refresh); });
}

void SessionAdaptor::AddAudio() {
  answer([&] { session().add_stream({.audio = true}); });
}

void SessionAdaptor::AddChat() {
  answer([&] { session().add_stream({.chat = true}); });
}

void SessionAdaptor::RemoveAudio() {
  answer([&] { session().remove_stream({.audio = true}); });
}

void SessionAdaptor::RemoveChat() {
  answer([&] { session().remove_stream({.chat = true}); });
}

void SessionAdaptor::AcceptProposal(const Names& streams) {
  answer([&] { session().accept_proposal(streams_from_names(streams)); });
}

void SessionAdaptor::RejectProposal() {
  answer([&] { session().reject_proposal(); });
}

void SessionAdaptor::End(const bool& is_busy) {
  answer([&] { session().end(is_busy); });
}

void SessionAdaptor::Release() {
  answer([&] { manager_.release(session()); });
}

Dictionary SessionAdaptor::AudioTransport() {
  return answer([&] { return to_bus(session().audio_statistics(), session().audio_parameters()); });
}

Dictionary SessionAdaptor::ChatTransport() {
  return answer([&] { return to_bus(session().chat_statistics()); });
}

void SessionAdaptor::Muted(const bool& value) {
  answer([&] { session().set_muted(value); });
}

}  // namespace dbus
