// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/sip/dns_message.h"
#include "daemon/sip/resolver.h"

namespace sip {

// What a search must know besides names.
struct RouteSurroundings {
  // Whether packets can leave towards the numeric address at all.
  std::function<bool(const std::string& address)> reachable;
  // A random number of 0 to `most`.
  std::function<unsigned(unsigned most)> random;
};

// RFC 3263, 4.1 and 4.2, without any input or output: tells what must be asked, takes the answers, asks again, and in
// the end has found routes or the reason why there are none. A numeric host needs no question.
class RouteSearch {
 public:
  RouteSearch(const Uri& uri, const std::vector<std::string>& transports, const RouteSurroundings& surroundings);
  // The servers that a domain names by its SRV records for another service of TLS ("_msrps._tcp"), and nothing else.
  RouteSearch(const std::string& service, const std::string& domain, const RouteSurroundings& surroundings);

  // To be asked all at once; none when the search is over.
  const std::vector<dns::Question>& questions() const { return questions_; }
  // One answer to each question, in their order.
  void take(const std::vector<dns::Answer>& answers);

  const Found& found() const { return found_; }

 private:
  enum class Stage { pointers, services, addresses };

  // A name of SRV records, or a host, that leads to routes of one transport.
  struct Target {
    std::string name;
    std::uint16_t port;
    std::string transport;
  };

  void begin(const Uri& uri);
  void take_pointers(const dns::Answer& answer);
  void take_services(const std::vector<dns::Answer>& answers);
  void take_addresses(const std::vector<dns::Answer>& answers);
  void ask_services(std::vector<Target> targets);
  void ask_usual_services();
  void ask_addresses(std::vector<Target> targets);
  void add_routes(const Target& target, const std::vector<std::string>& addresses);
  void fail(const std::string& fault);
  std::string usual_transport() const;

  const RouteSurroundings surroundings_;
  std::vector<std::string> transports_;
  std::string host_;  // the one to look up; maddr, where it is given
  std::string tls_name_;
  const bool only_services_ = false;
  Stage stage_ = Stage::pointers;
  std::vector<Target> targets_;  // that the questions are about
  std::vector<dns::Question> questions_;
  Found found_;
  std::string unreachable_;  // an address that was left out
};

}  // namespace sip
