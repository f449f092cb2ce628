// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/routes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"

namespace sip {
namespace {

using dns::Answer;
using dns::Outcome;
using dns::Type;

constexpr std::size_t most_routes = 20;
constexpr std::size_t most_services = 6;

std::string quoted(const std::string& name) { return "\"" + base::to_display(name, 256) + "\""; }

// RFC 3263, 4.1: the prefixes of SRV records, and the services of NAPTR records.
std::string prefix_of(const std::string& transport) {
  if (transport == "tls") return "_sips._tcp.";
  return transport == "tcp" ? "_sip._tcp." : "_sip._udp.";
}

std::string transport_of(const std::string& service) {
  if (service == "SIP+D2U") return "udp";
  if (service == "SIP+D2T") return "tcp";
  return service == "SIPS+D2T" ? "tls" : "";
}

// The value of ;maddr=, or "".
std::string maddr_of(const Uri& uri) {
  std::string_view rest = uri.other_parameters;
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the semicolon
    const std::string_view parameter = rest.substr(0, rest.find(';'));
    rest.remove_prefix(parameter.size());
    if (!base::equals_ignoring_case(parameter.substr(0, parameter.find('=')), "maddr")) continue;
    std::string value(parameter.substr(std::min(parameter.size(), std::string_view("maddr=").size())));
    if (value.starts_with('[') && value.ends_with(']')) value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

// Where the URI leads, which is not always whom it names.
std::string next_host_of(const Uri& uri) {
  std::string host = uri.host;
  if (const std::string maddr = maddr_of(uri); is_address(maddr) || is_host_name(maddr)) host = maddr;
  if (host.ends_with('.')) host.pop_back();
  return host;
}

// RFC 3261, 26.2.2: sips over tcp is TLS over TCP. Empty: any.
std::string transport_of(const Uri& uri) {
  return uri.secure && (uri.transport.empty() || uri.transport == "tcp") ? "tls" : uri.transport;
}

// Why there is nothing in the answers to these questions: the gravest reason first.
std::string fault_of(const std::vector<dns::Question>& questions, const std::vector<Answer>& answers) {
  for (const Outcome outcome : {Outcome::unreachable, Outcome::silence, Outcome::failure})
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (answers[i].outcome != outcome) continue;
      const std::string name = quoted(questions[i].name);
      if (outcome == Outcome::unreachable) return "no name server can be reached: " + answers[i].detail;
      if (outcome == Outcome::silence) return "no name server answered in time for " + name;
      return "the name server could not answer for " + name + ": " + answers[i].detail;
    }
  for (std::size_t i = 0; i < answers.size(); ++i)
    if (answers[i].outcome == Outcome::no_such_name) return quoted(questions[i].name) + " does not exist";
  return quoted(questions.front().name) + " has no address";
}

bool is_final(Outcome outcome) {
  return outcome == Outcome::records || outcome == Outcome::nothing || outcome == Outcome::no_such_name;
}

// RFC 2782, "Usage rules": by priority, and among equals at random by weight, those of weight 0 seldom. The first
// `most` of them.
std::vector<dns::Service> in_order(std::vector<dns::Service> services, std::size_t most,
                                   const std::function<unsigned(unsigned)>& random) {
  std::stable_sort(services.begin(), services.end(), [](const auto& a, const auto& b) {
    return std::pair(a.priority, a.weight != 0) < std::pair(b.priority, b.weight != 0);
  });
  std::vector<dns::Service> result;
  while (!services.empty() && result.size() < most) {
    const auto equals_end = std::find_if(services.begin(), services.end(), [&](const dns::Service& service) {
      return service.priority != services.front().priority;
    });
    unsigned sum = 0;
    for (auto at = services.begin(); at != equals_end; ++at) sum += at->weight;
    const unsigned chosen = random(sum);
    unsigned running = 0;
    auto at = services.begin();
    for (; at + 1 != equals_end; ++at)
      if ((running += at->weight) >= chosen) break;
    result.push_back(std::move(*at));
    services.erase(at);
  }
  return result;
}

}  // namespace

RouteSearch::RouteSearch(const Uri& uri, const std::vector<std::string>& transports,
                         const RouteSurroundings& surroundings)
    : surroundings_(surroundings), transports_(transports), host_(uri.host), tls_name_(uri.host) {
  begin(uri);
}

RouteSearch::RouteSearch(const std::string& service, const std::string& domain, const RouteSurroundings& surroundings)
    : surroundings_(surroundings), host_(domain), tls_name_(domain), only_services_(true) {
  ask_services({{service + "." + domain, 0, "tls"}});
}

// RFC 3263, 4.1.
void RouteSearch::begin(const Uri& uri) {
  host_ = next_host_of(uri);
  const std::string transport = transport_of(uri);
  if (uri.secure && transport != "tls") return fail("sips: cannot go over " + transport + ": it needs TLS");
  const auto usable = [&](const std::string& one) { return transport.empty() || one == transport; };
  std::erase_if(transports_, [&](const std::string& one) { return !usable(one); });
  if (transports_.empty())
    return fail(transport.empty() ? "there is no transport to use" : "we do not use the transport " + transport);
  if (is_address(host_)) {
    const std::string chosen = usual_transport();
    found_.routes.push_back({host_, uri.port ? uri.port : usual_port(chosen), chosen, tls_name_});
  } else if (uri.port != 0) {
    ask_addresses({{host_, uri.port, usual_transport()}});
  } else if (!uri.transport.empty()) {
    ask_usual_services();
  } else {
    stage_ = Stage::pointers;
    questions_ = {{host_, Type::naptr}};
  }
}

// RFC 3263, 4.1: UDP where nothing else is said, or the first that may be used.
std::string RouteSearch::usual_transport() const {
  const bool udp = std::find(transports_.begin(), transports_.end(), "udp") != transports_.end();
  return udp ? "udp" : transports_.front();
}

void RouteSearch::take(const std::vector<Answer>& answers) {
  switch (stage_) {
    case Stage::pointers: return take_pointers(answers.front());
    case Stage::services: return take_services(answers);
    case Stage::addresses: return take_addresses(answers);
  }
}

// Whatever hinders NAPTR hinders no SRV: some name servers have never heard of the type.
void RouteSearch::take_pointers(const Answer& answer) {
  std::vector<dns::Pointer> pointers = answer.pointers;
  std::stable_sort(pointers.begin(), pointers.end(), [](const auto& a, const auto& b) {
    return std::pair(a.order, a.preference) < std::pair(b.order, b.preference);
  });
  std::vector<Target> targets;
  for (const dns::Pointer& pointer : pointers) {
    const std::string transport = transport_of(pointer.service);
    const bool usable = std::find(transports_.begin(), transports_.end(), transport) != transports_.end();
    if (usable && pointer.flags == "s" && is_host_name(pointer.replacement))
      targets.push_back({pointer.replacement, 0, transport});
  }
  if (targets.empty()) return ask_usual_services();
  ask_services(std::move(targets));
}

void RouteSearch::ask_usual_services() {
  std::vector<Target> targets;
  for (const std::string& transport : transports_) targets.push_back({prefix_of(transport) + host_, 0, transport});
  ask_services(std::move(targets));
}

void RouteSearch::ask_services(std::vector<Target> targets) {
  stage_ = Stage::services;
  targets_ = std::move(targets);
  if (targets_.size() > most_services) targets_.resize(most_services);
  questions_.clear();
  for (const Target& target : targets_) questions_.push_back({target.name, Type::srv});
}

void RouteSearch::take_services(const std::vector<Answer>& answers) {
  std::vector<Target> hosts;
  bool refused = false;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string& transport = targets_[i].transport;
    const std::size_t most = most_routes - std::min(most_routes, hosts.size());
    for (dns::Service& service : in_order(answers[i].services, most, surroundings_.random)) {
      if (service.target.empty()) refused = true;
      if (service.port == 0 || (!is_host_name(service.target) && !is_address(service.target))) continue;
      hosts.push_back({std::move(service.target), service.port, transport});
    }
  }
  if (!hosts.empty()) return ask_addresses(std::move(hosts));
  if (only_services_) return fail(quoted(host_) + " names no server");
  if (refused) return fail(quoted(host_) + " offers no SIP by a transport of ours");
  // Only when there is no SRV record, and not when nobody could say, the host itself is asked for (RFC 3263, 4.2).
  if (!std::all_of(answers.begin(), answers.end(), [](const Answer& answer) { return is_final(answer.outcome); }))
    return fail(fault_of(questions_, answers));
  const std::string transport = usual_transport();
  ask_addresses({{host_, usual_port(transport), transport}});
}

void RouteSearch::ask_addresses(std::vector<Target> targets) {
  stage_ = Stage::addresses;
  targets_ = std::move(targets);
  questions_.clear();
  for (const Target& target : targets_) {
    if (is_address(target.name)) continue;
    const dns::Question question{target.name, Type::aaaa};
    if (std::find(questions_.begin(), questions_.end(), question) != questions_.end()) continue;
    questions_.push_back(question);
    questions_.push_back({target.name, Type::a});
  }
  if (questions_.empty()) take_addresses({});
}

void RouteSearch::take_addresses(const std::vector<Answer>& answers) {
  // RFC 6724, 2.1: IPv6 comes first, where it can be reached.
  std::map<std::string, std::vector<std::string>> addresses;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    auto& those = addresses[questions_[i].name];
    those.insert(those.end(), answers[i].addresses.begin(), answers[i].addresses.end());
  }
  for (const Target& target : targets_)
    add_routes(target, is_address(target.name) ? std::vector{target.name} : addresses[target.name]);
  const std::vector<dns::Question> asked = std::exchange(questions_, {});
  if (!found_.routes.empty()) return;
  if (!unreachable_.empty()) return fail("no route leads to " + unreachable_ + ", the address of " + quoted(host_));
  fail(fault_of(asked, answers));
}

void RouteSearch::add_routes(const Target& target, const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    const Route route{address, target.port, target.transport, tls_name_};
    if (!surroundings_.reachable(address))
      unreachable_ = address;
    else if (found_.routes.size() < most_routes &&
             std::find(found_.routes.begin(), found_.routes.end(), route) == found_.routes.end())
      found_.routes.push_back(route);
  }
}

void RouteSearch::fail(const std::string& fault) {
  questions_.clear();
  found_.fault = fault;
}

}  // namespace sip
