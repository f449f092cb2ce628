// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sstream>
#include <string>
#include <utility>

#include "daemon/account/registration.h"

namespace test {

inline constexpr const char* contact_uri = "sip:abcdefgh@192.0.2.1:5060";

// An account whose lookups and requests the test answers, with a clock that it turns by hand.
struct Registrant : account::RegistrationOwner {
  bool take_turn() override { return our_turn; }
  void look_up(const std::string& redirection) override {
    say("look up" + (redirection.empty() ? "" : " " + redirection));
  }
  std::string contact(const sip::Route& route) override { return route.transport == "tls" ? "" : our_contact; }
  unsigned interval() const override { return asked; }
  bool outbound() const override { return wants_outbound; }
  void send(const sip::Register& request) override {
    sent = request;
    say("send " + request.route.host + " " + (request.expires ? std::to_string(*request.expires) : "-"));
  }
  void give_up() override {}
  void tell(const account::RegistrationEvent& event) override {
    std::ostringstream line;
    if (const auto* e = std::get_if<account::RegistrationDidSucceed>(&event))
      line << "succeed " << e->code << " " << e->attempt.expires;
    if (const auto* e = std::get_if<account::RegistrationDidFail>(&event))
      line << "fail " << e->code << " next=" << e->next_route.host << " delay=" << e->delay.count();
    if (const auto* e = std::get_if<account::RegistrationDidEnd>(&event))
      line << "end " << e->code << " " << e->attempt.cause;
    if (!line.str().empty()) say(line.str());
  }
  double random() override { return chance; }

  void say(const std::string& text) { log += (log.empty() ? "" : ", ") + text; }
  std::string told() { return std::exchange(log, {}); }

  // Verbs of the test; each gives what was done and told since the last.
  std::string start() { return registration.start(now), told(); }
  std::string stop() { return registration.stop(now), told(); }
  std::string found(std::size_t routes) {
    sip::Found result;
    for (std::size_t i = 1; i <= routes; ++i) result.routes.push_back({"r" + std::to_string(i), 5060, "udp"});
    return registration.found(result, now), told();
  }
  std::string answer(const sip::RegisterAnswer& answer) { return registration.answered(answer, now), told(); }
  std::string answer(unsigned code) { return answer({.code = code, .reason = "Reason"}); }
  std::string granted(unsigned seconds) {
    return answer({.code = 200, .reason = "OK", .contacts = {{our_contact, seconds}}});
  }
  // Turns the clock on, stopping at each deadline.
  std::string pass(account::Moment time) {
    const account::Moment end = now + time;
    while (registration.deadline() && *registration.deadline() <= end) {
      now = std::max(now, *registration.deadline());
      registration.on_time(now);
    }
    now = end;
    return told();
  }
  std::string state() { return std::string(to_text(registration.status().state)); }
  // How long until something happens by itself.
  account::Moment patience() { return registration.deadline().value() - now; }

  account::Moment now = std::chrono::seconds(1000);
  unsigned asked = 600;
  double chance = 0;
  bool our_turn = true;
  bool wants_outbound = false;
  std::string our_contact = contact_uri;
  sip::Register sent;
  std::string log;
  account::Registration registration{*this};
};

}  // namespace test
