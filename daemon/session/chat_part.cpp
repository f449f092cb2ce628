// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/chat_part.h"

#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "daemon/account/account.h"
#include "daemon/sip/uri.h"

namespace session {
namespace {

using base::Errc;
using base::Error;

constexpr const char* usual_type = "text/plain";

bool same_party(const std::string& one, const std::string& other) {
  return sip::user_of(one) == sip::user_of(other) && base::equals_ignoring_case(sip::host_of(one), sip::host_of(other));
}

}  // namespace

ChatPart::ChatPart(Surroundings& surroundings, const account::Account& account, StreamOwner& owner)
    : surroundings_(surroundings), account_(account), owner_(owner) {}

// behaviour 5.3: never for Bonjour; no relay set means the servers of the domain, if there are any.
std::optional<msrp::RelayAccess> ChatPart::relay(bool inbound) const {
  const auto& settings = account_.saved().msrp;
  if (account_.is_bonjour() || !*(inbound ? settings.use_relay_for_inbound : settings.use_relay_for_outbound))
    return {};
  msrp::RelayAccess access;
  access.host = settings.relay->host;
  access.port = settings.relay->port;
  access.secure = settings.relay->transport != config::Transport::tcp;
  access.domain = account_.domain();
  const std::string& name = *account_.saved().auth_username;
  access.user = name.empty() ? account_.username() : name;
  access.password = account_.password();
  return access;
}

void ChatPart::prepare(const std::string& address, const sip::Medium* offered) {
  if (!surroundings_.chats) throw Error(Errc::chat_failure, "there is no chat");
  msrp::ChatRequest request{address, relay(offered != nullptr), {}};
  if (offered) request.secure = remote_chat(*offered)->secure;
  auto stream = surroundings_.chats->create_stream(request, *this);
  line_.reset();
  stream_ = std::move(stream);
  line_ = stream_->local();
  address_ = address;
  behind_relay_ = request.relay.has_value();
}

void ChatPart::when_prepared(std::function<void()> then) {
  if (!preparing()) return then();
  prepared_ = std::move(then);
}

void ChatPart::start(const ChatSettlement& settlement) {
  if (started()) return;
  active_ = settlement.active;
  remote_ = settlement.remote;
  stream_->start(settlement.active, settlement.remote);
}

bool ChatPart::is_another(const msrp::RemoteChat& remote) const {
  return started() && !msrp::equivalent(remote_.path, remote.path);
}

void ChatPart::require_chat() const {
  if (!started()) throw Error(Errc::no_such_stream, "the session has no chat: AddChat proposes one");
}

// An empty one, of that time; none: now.
msrp::Letter ChatPart::letter_to_peer(Time time) const {
  const Properties& properties = owner_.owned_properties();
  msrp::Letter letter;
  letter.from = {account_.display_name(), properties.local_uri};
  letter.to = {properties.remote_display_name, properties.remote_uri};
  const Time when = time == Time{} ? std::chrono::system_clock::now() : time;
  letter.date_time.time = std::chrono::time_point_cast<std::chrono::microseconds>(when);
  return letter;
}

std::string ChatPart::send(const OutgoingMessage& message) {
  require_chat();
  const Properties& properties = owner_.owned_properties();
  msrp::Letter letter = letter_to_peer(message.date_time);
  letter.content_type = message.content_type.empty() ? usual_type : message.content_type;
  letter.content = message.content;
  if (!message.to_uri.empty() && message.to_uri != properties.remote_uri) {
    const auto uri = sip::uri_from_text(message.to_uri);
    if (!uri) throw Error(Errc::invalid_uri, "'" + base::to_display(message.to_uri) + "' is no SIP URI");
    letter.to_another = !same_party(uri->to_text(), properties.remote_uri);
    letter.to = {{}, uri->to_text()};
  }
  const std::string to = letter.to.uri;
  const std::string type = letter.content_type;
  std::string id = stream_->send(std::move(letter));
  owner_.tell(DidSendMessage{id, message.content, type, to});
  return id;
}

void ChatPart::set_composing(bool active, unsigned refresh) {
  require_chat();
  msrp::Composing composing;
  composing.active = active;
  composing.content_type = usual_type;
  composing.refresh = refresh;
  stream_->send_composing(composing, letter_to_peer({}));
}

void ChatPart::stop(const std::string& reason) {
  prepared_ = nullptr;
  if (!stream_) return;
  closing_ = std::move(stream_);
  line_.reset();
  active_.reset();
  for (const msrp::Verdict& verdict : closing_->end(0, reason)) on(verdict);
  Properties& properties = owner_.owned_properties();
  properties.proposed_streams.chat = false;
  if (std::exchange(properties.streams.chat, false)) owner_.tell(GotStreamUpdate{properties.streams});
}

void ChatPart::reset() {
  prepared_ = nullptr;
  stream_.reset();
  close();
  line_.reset();
  active_.reset();
}

std::optional<msrp::ChatStatistics> ChatPart::statistics() const {
  if (!started()) return {};
  return stream_->statistics();
}

void ChatPart::on_chat_event(const msrp::ChatStreamEvent& event) {
  if (!stream_) return;
  std::visit([this](const auto& one) { on(one); }, event);
}

void ChatPart::on(const msrp::ChatPrepared&) {
  line_ = stream_->local();
  if (line_ && prepared_) std::exchange(prepared_, nullptr)();
}

void ChatPart::on(const msrp::DidBind&) {
  Properties& properties = owner_.owned_properties();
  properties.proposed_streams.chat = false;
  if (!std::exchange(properties.streams.chat, true)) owner_.tell(GotStreamUpdate{properties.streams});
}

void ChatPart::on(const msrp::GotMessage& event) {
  session::GotMessage message{event.content, event.content_type, {}, false, event.request};
  if (event.wrapper) {
    message.cpim_headers = event.wrapper->headers();
    const auto& from = event.wrapper->from;
    message.foreign_sender = from && !same_party(from->uri, owner_.owned_properties().remote_uri);
  }
  owner_.tell(message);
}

void ChatPart::on(const msrp::GotComposing& event) { owner_.tell(GotComposingIndication{event.notice}); }

void ChatPart::on(const msrp::Verdict& event) {
  if (event.delivered)
    owner_.tell(DidDeliverMessage{event});
  else
    owner_.tell(DidNotDeliverMessage{event});
}

void ChatPart::on(const msrp::ChatFailed& event) { owner_.stream_did_fail({.chat = true}, event.reason); }

}  // namespace session
