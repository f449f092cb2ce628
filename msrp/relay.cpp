// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/relay.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"

namespace msrp {
namespace {

constexpr unsigned timeout = 408;
constexpr std::size_t most_bytes = 65536;  // of one answer

}  // namespace

Relay::Relay(Surroundings& surroundings, RelayAccess access, Self self, RelayOwner& owner)
    : surroundings_(surroundings),
      access_(std::move(access)),
      self_(std::move(self)),
      owner_(owner),
      limit_(surroundings.scheduler),
      deadline_(surroundings.scheduler) {
  limit_.start(connect_time, [this] { owner_.on_relay_failed(timeout, "the relay does not answer within 30 s"); });
  deadline_.start(Duration(0), [this] { access_.host.empty() ? look_up() : dial({}); });
}

// RFC 4976, 5.1: only relays with TLS can be found so.
void Relay::look_up() {
  if (!surroundings_.look_up_service || base::is_address(access_.domain)) return owner_.on_relay_missing();
  lookup_ = surroundings_.look_up_service("_msrps._tcp", access_.domain, [this](const auto& places, const auto&) {
    if (places.empty()) return owner_.on_relay_missing();
    dial(places);
  });
}

void Relay::dial(std::vector<Place> places) {
  const auto done = [this](std::optional<Wire> wire, const std::string& fault) { on_dialed(std::move(wire), fault); };
  const Dialer::Target target{access_.host, access_.port != 0 ? access_.port : usual_port};
  dialer_ = places.empty() ? std::make_unique<Dialer>(surroundings_, target, done)
                           : std::make_unique<Dialer>(surroundings_, std::move(places), done);
}

void Relay::on_dialed(std::optional<Wire> wire, const std::string& fault) {
  dialer_.reset();
  if (!wire) return owner_.on_relay_failed(0, "the relay cannot be reached: " + fault);
  wire_ = std::move(wire);
  if (!access_.secure) return log_in();
  const std::string& name = access_.host.empty() ? access_.domain : access_.host;
  try {
    tls_of(surroundings_);
  } catch (const base::Error& error) {
    return owner_.on_relay_failed(0, error.what());
  }
  wire_->connect_tls(*surroundings_.tls, name, [this](const std::string& failure) { on_shaken(failure); });
}

void Relay::on_shaken(const std::string& fault) {
  if (!fault.empty()) return owner_.on_relay_failed(0, "the relay cannot be reached: " + fault);
  if (surroundings_.settings().verify_servers) {
    // RFC 4976, 5.1: who was found by the domain must prove the domain.
    const std::string doubt = wire_->tls()->fault_of_name(access_.host.empty() ? access_.domain : access_.host);
    if (!doubt.empty()) return owner_.on_relay_failed(0, "the relay is not believed: " + doubt);
    verified_ = true;
  }
  log_in();
}

void Relay::log_in() {
  own_ = make_uri(self_.address, wire_->local_port(), self_.session_id, self_.secure);
  Uri relay = make_uri(access_.domain, access_.port, {}, access_.secure);
  login_.emplace(RelayLogin::Options{std::move(relay), own_, access_.user, access_.password}, surroundings_.random);
  wire_->await_bytes([this] { on_bytes(); });
  apply(login_->begin(surroundings_.clock()));
}

void Relay::send(const Request& request) {
  if (!wire_) return owner_.on_relay_request(request);
  msrp::write(request, {}, Flag::complete, output_);
  write();
}

void Relay::write() {
  output_.erase(0, wire_->write(output_));
  wire_->await_room(output_.empty() || wire_->broken() ? Wire::Call() : [this] { write(); });
}

void Relay::on_bytes() {
  std::array<char, 16384> room;
  std::string_view fresh(room.data(), wire_->read(room));
  RelayLogin::Step step;
  while (!fresh.empty()) {
    const std::string_view before = fresh;
    const auto event = parser_.next(fresh);
    bytes_.append(before.substr(0, before.size() - fresh.size()));
    if (!event) break;
    if (std::holds_alternative<Fault>(*event)) return owner_.on_relay_failed(0, "the relay does not speak MSRP");
    if (std::holds_alternative<Request>(*event)) {
      // From the peer, which knows our path before we know its: for the chat, as soon as there is one.
      bytes_.append(fresh);
      wire_->await_bytes(nullptr);
      break;
    }
    const auto* response = std::get_if<Response>(&*event);
    if (response && std::holds_alternative<std::monostate>(step)) step = login_->take(*response, surroundings_.clock());
    if (std::holds_alternative<End>(*event)) bytes_.clear();
  }
  if (wire_->broken() || bytes_.size() > most_bytes) return owner_.on_relay_failed(0, "the relay is gone");
  apply(std::move(step));
}

void Relay::apply(RelayLogin::Step step) {
  if (const auto* refused = std::get_if<RelayLogin::Refused>(&step))
    return owner_.on_relay_failed(refused->code, "the relay refuses: " + refused->reason);
  await_deadline();
  if (const auto* request = std::get_if<Request>(&step)) return send(*request);
  auto* granted = std::get_if<RelayLogin::Granted>(&step);
  if (!granted || !path_.empty()) return;
  limit_.stop();
  path_ = std::move(granted->use_path);
  path_.push_back(own_);
  owner_.on_relay_granted();
}

void Relay::await_deadline() {
  const auto due = login_->deadline();
  if (!due) return deadline_.stop();
  const Duration left = std::chrono::ceil<Duration>(*due - surroundings_.clock());
  deadline_.start(std::max(Duration(0), left), [this] { apply(login_->expire(surroundings_.clock())); });
}

Relay::Line Relay::take_line() {
  wire_->await_bytes(nullptr);
  wire_->await_room(nullptr);
  Line line{std::move(*wire_), std::move(bytes_)};
  wire_.reset();
  return line;
}

void Relay::resume() {
  if (login_->asking()) apply(login_->begin(surroundings_.clock()));
}

void Relay::take(const Response& response) { apply(login_->take(response, surroundings_.clock())); }

}  // namespace msrp
