// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/stream.h"

#include <utility>

#include "base/error.h"
#include "msrp/text.h"

namespace msrp {
namespace {

constexpr unsigned ok = 200, timeout = 408, no_session = 481, in_use = 506;
Connections::Target target_of(const RemoteChat& remote) {
  const Uri& hop = remote.path.front();
  return {hop.host, hop.port != 0 ? hop.port : usual_port, remote.secure};
}

// RFC 4975, 14.1: 80 bits that nobody can guess.
std::string new_session_id(const Random& random) { return choose_id(random) + choose_id(random).substr(0, 4); }

}  // namespace

Stream::Stream(const House& house, const ChatRequest& request, ChatStreamListener& listener)
    : house_(house),
      settings_(house.surroundings.settings()),
      listener_(&listener),
      local_address_(request.local_address),
      request_secure_(request.secure),
      session_id_(new_session_id(house.surroundings.random)),
      limit_(house.surroundings.scheduler) {
  secure_ = request.secure.value_or(request.relay ? request.relay->secure : settings_.secure);
  if (request.relay)
    relay_ = std::make_unique<Relay>(house_.surroundings, *request.relay,
                                     Relay::Self{request.local_address, session_id_, secure_},
                                     static_cast<RelayOwner&>(*this));
  else
    listen();
}

void Stream::listen() {
  const std::string fingerprint = secure_ ? tls_of(house_.surroundings).fingerprint() : "";
  house_.doorway.add(session_id_, *this);
  settle({make_uri(local_address_, house_.doorway.port(), session_id_, secure_)});
  local_->fingerprint = fingerprint;
}

void Stream::settle(Path path) {
  const std::uint16_t port = path.back().port;
  const std::size_t wrapper = accepts(settings_.accepted.bare, cpim_type) ? longest_cpim_head : 0;
  local_ = LocalChat{secure_, port, std::move(path), {}, settings_.accepted, settings_.max_message_size + wrapper};
}

void Stream::on_relay_granted() {
  settle(relay_->path());
  tell(ChatPrepared{});
}

void Stream::on_relay_missing() {
  relay_.reset();
  try {
    secure_ = request_secure_.value_or(settings_.secure);
    listen();
  } catch (const base::Error& error) {
    return fail(0, error.what());
  }
  tell(ChatPrepared{});
}

void Stream::on_relay_failed(unsigned code, const std::string& reason) { fail(code, reason); }

void Stream::on_relay_request(const Request& request) {
  chat_->send_request(request);
  connection_->send_soon(*chat_);
}

Stream::~Stream() {
  if (gone_) *gone_ = true;
  house_.doorway.remove(session_id_);
  let_others_go_on();
  if (connection_) connection_->leave(*chat_);
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
  await_connection();
  auto early = std::exchange(early_, {});
  if (relay_) {
    // RFC 4976, 4: both roles talk by the relay.
    Relay::Line line = relay_->take_line();
    if (relay_->secure() && relay_->verified()) verification_ = Verification::name;
    connect(std::move(line.wire), line.bytes);
    return relay_->resume();
  }
  if (remote.secure != local_->secure)
    fail_soon(remote.secure ? "the peer asks for TLS, and we did not" : "we asked for TLS, and the peer does without");
  else if (active)
    dial(false);
  let_others_go_on();
  if (!early) return;
  const unsigned code = admit(early->request, early->wire);
  if (code == ok) return take(std::move(*early));
  house_.doorway.refuse(std::move(*early), code);
}

void Stream::await_connection() {
  limit_.start(connect_time, [this] {
    dialer_.reset();
    fail(timeout, active_ ? "no connection to the peer within 30 s" : "the peer did not connect within 30 s");
  });
}

// RFC 4975, 5.4: who has a connection to the same host and port uses it, as far as the other end is the same.
void Stream::dial(bool alone) {
  const Connections::Target target = target_of(remote_);
  alone_ = alone;
  auto shared = alone || remote_.path.size() > 1 ? nullptr : house_.connections.find(target);
  if (shared && (!remote_.secure || verify(shared->wire()).empty())) return join(std::move(shared));
  dialer_ = std::make_unique<Dialer>(
      house_.surroundings, Dialer::Target{target.host, target.port},
      [this](std::optional<Wire> wire, const std::string& fault) { on_dialed(std::move(wire), fault); });
}

void Stream::on_dialed(std::optional<Wire> wire, const std::string& fault) {
  dialer_.reset();
  if (!wire) return fail(0, fault);
  if (!remote_.secure) return connect(std::move(*wire), {});
  wire_ = std::move(wire);
  wire_->connect_tls(*house_.surroundings.tls, remote_.path.front().host,
                     [this](const std::string& failure) { on_shaken(failure); });
}

void Stream::on_shaken(const std::string& fault) {
  if (!fault.empty()) return fail(0, fault);
  if (const std::string doubt = verify(*wire_); !doubt.empty()) return fail(0, doubt);
  Wire wire = std::move(*wire_);
  wire_.reset();
  connect(std::move(wire), {});
}

// RFC 4975, 14.4: by the fingerprint that came by SIP, or else, where we are the client, by the name of the first hop.
// A fingerprint is that of the peer, not of a relay before it.
std::string Stream::verify(const Wire& wire) {
  std::string fault;
  if (!remote_.fingerprints.empty() && remote_.path.size() == 1) {
    fault = wire.tls()->fault_of_fingerprint(remote_.fingerprints);
    verification_ = Verification::fingerprint;
  } else if (active_ && settings_.verify_servers) {
    fault = wire.tls()->fault_of_name(remote_.path.front().host);
    verification_ = Verification::name;
  }
  if (fault.empty()) return {};
  verification_ = Verification::none;
  return "the peer is not believed: " + fault;
}

unsigned Stream::admit(const Request& request, const Wire& wire) {
  if (wire.secure() != local_->secure) return no_session;
  if (!listener_) return no_session;
  if (!chat_) return early_ ? in_use : ok;
  const unsigned code = chat_->admit(request);
  if (code != ok) return code;
  if (active_ || connection_) return in_use;
  const std::string doubt = wire.secure() ? verify(wire) : "";
  if (doubt.empty()) return ok;
  fail_soon(doubt);
  return no_session;
}

void Stream::fail_soon(std::string reason) {
  limit_.start(Duration(0), [this, reason = std::move(reason)] { fail(0, reason); });
}

void Stream::take(Arrival arrival) {
  if (!chat_) {
    early_ = std::move(arrival);
    // Who could not wait on a connection with others comes on one of its own.
    let_others_go_on();
    return limit_.start(connect_time, [this] { early_.reset(); });
  }
  connect(std::move(arrival.wire), arrival.bytes);
}

std::optional<unsigned> Stream::join(const Request& request, Connection& connection) {
  const unsigned code = admit(request, connection.wire());
  if (code != ok) return code;
  if (chat_) {
    join(connection.shared_from_this());
    return ok;
  }
  if (early_connection_ && early_connection_.get() != &connection) return in_use;
  early_connection_ = connection.shared_from_this();
  return {};
}

// What came early is judged again, and then what came behind it.
void Stream::let_others_go_on() {
  if (const auto connection = std::exchange(early_connection_, {})) connection->ask_again();
}

void Stream::connect(Wire wire, std::string_view bytes) {
  Connection::Admit admit;
  // What a relay passes on is for the session that is logged in there.
  if (!relay_)
    admit = [&doorway = house_.doorway](const Request& request, Connection& connection) {
      return doorway.admit(request, connection);
    };
  Surroundings& surroundings = house_.surroundings;
  auto connection =
      std::make_shared<Connection>(surroundings.scheduler, surroundings.clock, std::move(wire), std::move(admit));
  if (active_ && !relay_ && remote_.path.size() == 1) house_.connections.add(target_of(remote_), connection, alone_);
  join(connection);
  connection->begin(bytes);
}

void Stream::join(std::shared_ptr<Connection> connection) {
  limit_.stop();
  connection_ = std::move(connection);
  connection_->join(*chat_, *this);
}

Chat& Stream::started() {
  if (!chat_) throw base::Error(base::Errc::invalid_state, "the chat has not been started");
  return *chat_;
}

std::string Stream::send(Letter letter) {
  std::string id = started().send(std::move(letter));
  if (connection_ && listener_) connection_->send_soon(*chat_);
  return id;
}

void Stream::send_composing(const Composing& composing, Letter envelope) {
  started().send_composing(composing, std::move(envelope));
  if (connection_ && listener_) connection_->send_soon(*chat_);
}

// What came is told in its order, and then that the connection was lost. The listener may destroy this, or end it.
void Stream::on_progress() {
  if (!listener_) return;
  const Wire& wire = connection_->wire();
  if (wire.broken()) chat_->fail(0, (relay_ ? "the relay is gone: " : "") + wire.fault());
  std::optional<Response> relays_answer;
  while (auto event = chat_->next_event()) {
    if (const auto* failure = std::get_if<DidFail>(&*event)) return fail(failure->code, failure->reason);
    if (std::holds_alternative<DidNotBind>(*event)) return connect_alone();
    if (auto* answer = std::get_if<GotAnswer>(&*event)) {
      relays_answer = std::move(answer->response);
      continue;
    }
    if (!tell_of(std::move(*event))) return;
  }
  if (relay_ && relays_answer) relay_->take(*relays_answer);
}

// The peer knows one session for each connection only.
void Stream::connect_alone() {
  house_.connections.keep_alone(*connection_);
  connection_->leave(*chat_);
  connection_.reset();
  await_connection();
  dial(true);
}

// If it is one for the listener. Nothing may be touched after a false.
bool Stream::tell_of(ChatEvent event) {
  return std::visit(
      [this](auto& one) {
        if constexpr (std::is_constructible_v<ChatStreamEvent, decltype(one)>) return tell(std::move(one));
        return true;
      },
      event);
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
  wire_.reset();
  relay_.reset();
  if (connection_) std::exchange(connection_, {})->leave(*chat_);
  if (chat_) {
    chat_->end(code, reason);
    while (auto event = chat_->next_event())
      if (const auto* verdict = std::get_if<Verdict>(&*event); verdict && !tell(*verdict)) return;
  }
  if (tell(ChatFailed{code, reason})) listener_ = nullptr;
}

std::vector<Verdict> Stream::end(unsigned code, const std::string& reason) {
  listener_ = nullptr;
  limit_.stop();
  let_others_go_on();
  dialer_.reset();
  wire_.reset();
  relay_.reset();
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
  statistics.verification = connection_ ? verification_ : Verification::none;
  if (connection_) {
    statistics.remote_address = connection_->wire().peer().address;
    statistics.remote_port = connection_->wire().peer().port;
  }
  if (chat_) statistics.counters = chat_->counters();
  return statistics;
}

}  // namespace msrp
