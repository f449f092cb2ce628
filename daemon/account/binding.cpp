// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/account/binding.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "daemon/sip/uri.h"

namespace account {
namespace {

using namespace std::chrono_literals;
using Time = RegistrationProperties::Time;

constexpr std::size_t most_servers = 200;
constexpr Moment least_rewriting = 60s;  // our address does not change more often, whatever a registrar says

// The same moment by the time of day; kept as it is while the moment is the same, so that nothing seems to change.
void show(const std::optional<Moment>& moment, Moment now, std::optional<Moment>& known, Time& shown) {
  if (moment == known) return;
  known = moment;
  shown = moment ? std::chrono::floor<Moment>(std::chrono::system_clock::now()) + (*moment - now) : Time{};
}

// Below one of the names, or one of them.
bool is_within(const std::string& host, const std::set<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return host == name || host.ends_with("." + name); });
}

std::string text_of(const sip::Route& route) {
  return sip::host_in_uri(route.host) + ":" + std::to_string(route.port) + ";transport=" + route.transport;
}

void log(const std::string& account, const RegistrationEvent& event) {
  if (const auto* e = std::get_if<RegistrationDidSucceed>(&event))
    base::log::debug("registered", {{"ACCOUNT", account}, {"ROUTE", text_of(e->attempt.route)}});
  if (const auto* e = std::get_if<RegistrationDidFail>(&event))
    base::log::info("not registered", {{"ACCOUNT", account},
                                       {"CODE", std::to_string(e->code)},
                                       {"REASON", e->reason},
                                       {"DELAY_MS", std::to_string(e->delay.count())}});
  if (const auto* e = std::get_if<RegistrationDidEnd>(&event))
    base::log::info("no longer registered", {{"ACCOUNT", account}, {"CAUSE", e->attempt.cause}});
}

}  // namespace

Moment monotonic_now() {
  return std::chrono::duration_cast<Moment>(std::chrono::steady_clock::now().time_since_epoch());
}

Binding::Binding(const Registering& registering, std::shared_ptr<sip::Credentials> credentials, Listener listener)
    : registering_(registering),
      credentials_(std::move(credentials)),
      listener_(std::move(listener)),
      timer_(registering.scheduler) {}

Binding::~Binding() = default;

void Binding::start(const Identity& identity) {
  identity_ = identity;
  registration_.start(registering_.now());
  after();
}

void Binding::wait(const Identity& identity, const std::string& reason) {
  identity_ = identity;
  registration_.wait(reason);
  after();
}

void Binding::stop() {
  registration_.stop(registering_.now());
  after();
}

// Whatever happened: the next deadline, and without anything to do nothing is kept of the SIP stack.
void Binding::after() {
  if (registration_.status().state != RegistrationState::registered) flow_.reset();
  if (registration_.idle()) registrar_.reset();
  if (!registration_.asking()) turn_.reset();
  const auto deadline = registration_.deadline();
  if (!deadline) return timer_.stop();
  timer_.start(std::max(*deadline - registering_.now(), Moment(0)), [this] {
    registration_.on_time(registering_.now());
    after();
  });
}

bool Binding::take_turn() {
  const sip::Uri& server = identity_.first_hop;
  const std::string name = base::to_lower(server.host) + ":" + std::to_string(server.port);
  if (!turn_ || turn_->server() != name)
    turn_ = registering_.turns.ask(name, [this] {
      registration_.go_on(registering_.now());
      after();
    });
  return turn_->has_come();
}

void Binding::look_up(const std::string& redirection) {
  const sip::Uri uri = redirection.empty() ? identity_.first_hop : *sip::uri_from_text(redirection);
  trusted_ = redirection.empty() || is_within(base::to_lower(uri.host), credentials_->servers);
  lookup_ = registering_.resolver.look_up(uri, registering_.transports(),
                                          [this](const sip::Found& found) { on_found(found); });
}

void Binding::on_found(const sip::Found& found) {
  sip::Found kept = found;
  lookup_.reset();
  if (trusted_ && !identity_.tls_name.empty())
    for (sip::Route& route : kept.routes) route.tls_name = identity_.tls_name;
  for (const sip::Route& route : kept.routes)
    if (trusted_ && credentials_->servers.size() < most_servers)
      credentials_->servers.insert(sip::endpoint(base::to_lower(route.host), route.port));
  registration_.found(kept, registering_.now());
  after();
}

std::string Binding::contact(const sip::Route& route) {
  sip::RegistrarFactory* const registrars = registering_.registrars();
  std::string contact = registrars ? registrars->contact_uri(identity_.contact_user, route) : "";
  auto uri = sip::uri_from_text(contact);
  if (!uri || !identity_.rewrite_contact || route.transport != "udp" || seen_.server != route.host) return contact;
  uri->host = seen_.address;
  uri->port = seen_.port;
  return uri->to_text();
}

void Binding::send(const sip::Register& request) {
  sent_ = request;
  sent_.address_of_record = identity_.address_of_record;
  if (sent_.registrar.empty()) sent_.registrar = identity_.registrar.to_text();
  if (sent_.outbound) sent_.instance = identity_.instance;
  sip::RegistrarFactory* const registrars = registering_.registrars();
  if (!registrar_ && registrars) registrar_ = registrars->create_registrar(credentials_, *this);
  if (registrar_) registrar_->send(sent_);
}

void Binding::give_up() { lookup_.reset(); }

double Binding::random() {
  base::Random random;
  return std::uniform_real_distribution<double>(0, 1)(random);
}

void Binding::on_register_answer(const sip::RegisterAnswer& answer) {
  if (answer.code / 100 == 2 && !answer.realm.empty()) credentials_->realms.insert(base::to_lower(answer.realm));
  registration_.answered(answer, registering_.now());
  if (registration_.status().state == RegistrationState::registered) {
    if (learn_address(answer)) registration_.start(registering_.now());
    keep_flow(answer);
  }
  after();
}

void Binding::keep_flow(const sip::RegisterAnswer& answer) {
  sip::RegistrarFactory* const registrars = registering_.registrars();
  if (answer.code / 100 != 2 || !registrars) return;
  flow_.reset();
  unsigned interval = identity_.keepalive_interval;
  if (interval == 0) return;
  if (answer.flow_timer > 1) interval = std::min(interval, answer.flow_timer - 1);
  flow_ = registrars->keep_flow(
      {sent_.route, sent_.registrar, std::chrono::seconds(interval), sent_.outbound && answer.outbound}, *this);
}

void Binding::on_flow_lost(const std::string& reason) {
  flow_.reset();
  base::log::info("the way to the registrar is gone", {{"ACCOUNT", identity_.address_of_record}, {"REASON", reason}});
  registration_.flow_lost(reason, registering_.now());
  after();
}

// RFC 3581: where the request came from, as the registrar saw it. True if we must tell it another contact.
bool Binding::learn_address(const sip::RegisterAnswer& answer) {
  const auto ours = sip::uri_from_text(sent_.contact);
  if (!ours || !identity_.rewrite_contact || sent_.route.transport != "udp" || answer.code / 100 != 2) return false;
  const bool told = sip::is_address(answer.seen_address);
  const std::string address = told ? answer.seen_address : ours->host;
  const std::uint16_t port = answer.seen_port != 0 ? answer.seen_port : ours->port;
  if (address == ours->host && port == ours->port) return false;
  const Moment now = registering_.now();
  if (!seen_.server.empty() && now - seen_.since < least_rewriting) return false;
  seen_ = {sent_.route.host, address, port, now};
  base::log::info("our contact is rewritten", {{"ACCOUNT", identity_.address_of_record}, {"ADDRESS", address}});
  return true;
}

void Binding::tell(const RegistrationEvent& event) {
  const RegistrationStatus& status = registration_.status();
  const Moment now = registering_.now();
  properties_.state = status.state;
  properties_.code = status.code;
  properties_.reason = status.reason;
  properties_.route = status.route;
  properties_.contacts = status.contacts;
  show(status.expires, now, expires_, properties_.expires);
  show(status.next_try, now, next_try_, properties_.next_try);
  log(identity_.address_of_record, event);
  listener_(event);
}

}  // namespace account
