// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/stream.h"

#include <utility>

#include "base/error.h"

namespace msrp {
namespace {

constexpr unsigned ok = 200, timeout = 408, no_session = 481, in_use = 506;
// RFC 4976, 5.1 gives the port of relays; a URI without a port means it too.
constexpr std::uint16_t usual_port = 2855;

// RFC 4975, 14.1: 80 bits that nobody can guess.
std::string new_session_id(const Random& random) { return choose_id(random) + choose_id(random).substr(0, 4); }

Uri own_uri(const std::string& host, std::uint16_t port, const std::string& session_id, bool secure) {
  Uri uri;
  uri.secure = secure;
  uri.host = host;
  uri.port = port;
  uri.session_id = session_id;
  uri.transport = "tcp";
  return uri;
}

}  // namespace

Stream::Stream(const House& house, const ChatRequest& request, ChatStreamListener& listener)
    : house_(house),
      settings_(house.surroundings.settings()),
      listener_(&listener),
      session_id_(new_session_id(house.surroundings.random)),
      limit_(house.surroundings.scheduler) {
  house_.doorway.add(session_id_, *this);
  LocalChat local;
  local.secure = request.secure.value_or(settings_.secure);
  local.port = house_.doorway.port();
  local.path = {own_uri(request.local_address, local.port, session_id_, local.secure)};
  local.accepted = settings_.accepted;
  local.max_size = settings_.max_message_size;
  local_ = std::move(local);
}

Stream::~Stream() {
  if (gone_) *gone_ = true;
  house_.doorway.remove(session_id_);
}

void Stream::start(bool active, const RemoteChat& remote) {
  if (chat_ || !local_ || remote.path.empty())
    throw base::Error(base::Errc::invalid_state, "a chat starts once, when both ends are known");
  remote_ = remote;
  active_ = active;
  ChatOptions options;
  options.active = active;
  options.local_path = local_->path;
  options.remote_path = remote.path;
  options.accepted = settings_.accepted;
  options.remote_accepted = remote.accepted;
  options.max_message_size = settings_.max_message_size;
  options.remote_max_size = remote.max_size;
  options.chunk_size = settings_.chunk_size;
  options.keep_alive = settings_.keep_alive;
  chat_ = std::make_unique<Chat>(std::move(options), house_.budget, house_.surroundings.random);
  limit_.start(connect_time, [this] {
    dialer_.reset();
    fail(timeout, active_ ? "no connection to the peer within 30 s" : "the peer did not connect within 30 s");
  });
  auto early = std::exchange(early_, {});
  if (active) dial();
  if (!early) return;
  const unsigned code = admit(early->request, early->wire);
  if (code == ok) return take(std::move(*early));
  house_.doorway.refuse(std::move(*early), code);
}

void Stream::dial() {
  const Uri& hop = remote_.path.front();
  dialer_ =
      std::make_unique<Dialer>(house_.surroundings, Dialer::Target{hop.host, hop.port != 0 ? hop.port : usual_port},
                               [this](std::optional<Wire> wire, const std::string& fault) {
                                 if (!wire) return fail(0, fault);
                                 connect(std::move(*wire), {});
                               });
}

unsigned Stream::admit(const Request& request, const Wire& wire) {
  if (wire.secure() != local_->secure) return no_session;
  if (!chat_) return early_ ? in_use : ok;
  if (active_ || connection_) return chat_->admit(request) == no_session ? no_session : in_use;
  return chat_->admit(request);
}

void Stream::take(Arrival arrival) {
  if (!chat_) {
    early_ = std::move(arrival);
    return limit_.start(connect_time, [this] { early_.reset(); });
  }
  connect(std::move(arrival.wire), arrival.bytes);
}

void Stream::connect(Wire wire, std::string_view bytes) {
  limit_.stop();
  Surroundings& surroundings = house_.surroundings;
  connection_ = std::make_unique<Connection>(surroundings.scheduler, surroundings.clock, std::move(wire), *chat_,
                                             static_cast<ConnectionOwner&>(*this));
  connection_->begin(bytes);
}

Chat& Stream::started() {
  if (!chat_) throw base::Error(base::Errc::invalid_state, "the chat has not been started");
  return *chat_;
}

std::string Stream::send(Letter letter) {
  std::string id = started().send(std::move(letter));
  if (connection_ && listener_) connection_->send_soon();
  return id;
}

void Stream::send_composing(const Composing& composing) {
  started().send_composing(composing);
  if (connection_ && listener_) connection_->send_soon();
}

// What came is told in its order, and then that the connection was lost. The listener may destroy this, or end it.
void Stream::on_progress() {
  while (auto event = chat_->next_event()) {
    if (const auto* failure = std::get_if<DidFail>(&*event)) return fail(failure->code, failure->reason);
    const bool goes_on = std::visit(
        [this](auto& one) {
          if constexpr (std::is_constructible_v<ChatStreamEvent, decltype(one)>) return tell(std::move(one));
          return true;
        },
        *event);
    if (!goes_on) return;
  }
  if (connection_ && connection_->wire().broken()) fail(0, connection_->wire().fault());
}

// Nothing may be touched after a false.
bool Stream::tell(const ChatStreamEvent& event) {
  bool gone = false;
  gone_ = &gone;
  listener_->on_chat_event(event);
  if (gone) return false;
  gone_ = nullptr;
  return listener_ != nullptr;
}

// Takes its reason with it: it may be the wire's.
void Stream::fail(unsigned code, std::string reason) {
  limit_.stop();
  if (connection_) connection_->stop();
  if (chat_) {
    chat_->end(code, reason);
    while (auto event = chat_->next_event())
      if (const auto* verdict = std::get_if<Verdict>(&*event); verdict && !tell(*verdict)) return;
  }
  connection_.reset();
  if (tell(ChatFailed{code, reason})) listener_ = nullptr;
}

std::vector<Verdict> Stream::end(unsigned code, const std::string& reason) {
  listener_ = nullptr;
  limit_.stop();
  dialer_.reset();
  if (connection_) connection_->stop();
  std::vector<Verdict> verdicts;
  if (!chat_) return verdicts;
  chat_->end(code, reason);
  while (auto event = chat_->next_event())
    if (auto* verdict = std::get_if<Verdict>(&*event)) verdicts.push_back(std::move(*verdict));
  return verdicts;
}

ChatStatistics Stream::statistics() const {
  ChatStatistics statistics;
  if (local_) statistics.local_path = local_->path;
  statistics.remote_path = remote_.path;
  statistics.transport = local_ && local_->secure ? "tls" : "tcp";
  statistics.active = active_;
  if (connection_) {
    statistics.remote_address = connection_->wire().peer().address;
    statistics.remote_port = connection_->wire().peer().port;
  }
  if (chat_) statistics.counters = chat_->counters();
  return statistics;
}

}  // namespace msrp
