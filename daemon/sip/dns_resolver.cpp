// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/dns_resolver.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <utility>

#include "base/log.h"
#include "daemon/sip/dns_query.h"
#include "daemon/sip/routes.h"

namespace sip {
namespace {

using namespace std::chrono_literals;
using dns::Answer;
using dns::Outcome;
using dns::Question;
using dns::Type;

constexpr auto lookup_limit = 5s;
// Some name servers drop what they do not know: then there is still time for the rest.
constexpr auto pointers_limit = 2s;
constexpr std::streamsize longest_file = 4 * 1024 * 1024;

unsigned random_up_to(unsigned most) {
  static std::mt19937 engine(std::random_device{}());
  return std::uniform_int_distribution<unsigned>(0, most)(engine);
}

// As much of the file as we look at; a file that is not there is empty.
std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::string part(64 * 1024, '\0');
  while (file && text.size() < longest_file) {
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    text.append(part, 0, static_cast<std::size_t>(file.gcount()));
  }
  return text;
}

// What the hosts file answers; nothing: DNS is asked. A name that it knows is not asked for in DNS at all.
std::optional<Answer> answer_of(const std::string& hosts, const Question& question) {
  if (question.type != Type::a && question.type != Type::aaaa) return {};
  const std::vector<std::string> addresses = addresses_in(hosts, question.name);
  if (addresses.empty()) return {};
  Answer answer;
  for (const std::string& address : addresses)
    if (is_ipv6(address) == (question.type == Type::aaaa)) answer.addresses.push_back(address);
  answer.outcome = answer.addresses.empty() ? Outcome::nothing : Outcome::records;
  return answer;
}

// Runs one search: asks its questions side by side, until it asks no more.
class DnsLookup : public Lookup {
 public:
  DnsLookup(base::Scheduler& scheduler, DnsResolver& resolver, RouteSearch search,
            std::function<void(const Found&)> done)
      : scheduler_(scheduler),
        resolver_(resolver),
        search_(std::move(search)),
        done_(std::move(done)),
        turn_(scheduler),
        limit_(scheduler) {
    limit_.start(lookup_limit, [this] { on_limit(); });
    turn_.start(0ms, [this] { ask(); });
  }

 private:
  void ask() {
    queries_.clear();
    if (search_.questions().empty()) return finish();
    answers_.assign(search_.questions().size(), Answer{});
    open_ = answers_.size();
    const std::vector<NameServer> servers = resolver_.name_servers();
    const std::string hosts = resolver_.hosts();
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      const Question& question = search_.questions()[i];
      if (auto answer = answer_of(hosts, question)) {
        answers_[i] = std::move(*answer);
        --open_;
        continue;
      }
      const base::Duration limit = question.type == Type::naptr ? pointers_limit : lookup_limit;
      queries_.push_back(std::make_unique<dns::Query>(
          scheduler_, servers, question, limit,
          [this, i](const Answer& answer, const NameServer& server) { on_answer(i, answer, server); }));
    }
    if (open_ == 0) take();
  }

  void on_answer(std::size_t i, const Answer& answer, const NameServer& server) {
    const bool answered = answer.outcome != Outcome::silence && answer.outcome != Outcome::unreachable;
    if (answered) resolver_.set_good_server(server);
    answers_[i] = answer;
    if (--open_ == 0) take();
  }

  // In the next turn, because a query that just answered is still at work.
  void take() {
    search_.take(answers_);
    turn_.start(0ms, [this] { ask(); });
  }

  // What has not been answered by now stays silent; the search may do with the rest.
  void on_limit() {
    queries_.clear();
    while (!search_.questions().empty()) {
      answers_.resize(search_.questions().size());
      search_.take(answers_);
      answers_.clear();
    }
    finish();
  }

  void finish() {
    turn_.stop();
    limit_.stop();
    const auto done = std::exchange(done_, nullptr);
    const Found found = search_.found();
    done(found);
  }

  base::Scheduler& scheduler_;
  DnsResolver& resolver_;
  RouteSearch search_;
  std::function<void(const Found&)> done_;
  std::vector<Answer> answers_;
  std::size_t open_ = 0;
  std::vector<std::unique_ptr<dns::Query>> queries_;
  base::Timer turn_;
  base::Timer limit_;
};

}  // namespace

DnsResolver::DnsResolver(base::Scheduler& scheduler, DnsSettings settings)
    : scheduler_(scheduler), settings_(std::move(settings)) {}

DnsResolver::~DnsResolver() = default;

std::unique_ptr<Lookup> DnsResolver::look_up(const Uri& uri, const std::vector<std::string>& transports,
                                             std::function<void(const Found&)> done) {
  RouteSearch search(uri, transports, {settings_.reachable, random_up_to});
  return std::make_unique<DnsLookup>(scheduler_, *this, std::move(search), std::move(done));
}

std::unique_ptr<Lookup> DnsResolver::look_up_service(const std::string& service, const std::string& domain,
                                                     std::function<void(const Found&)> done) {
  RouteSearch search(service, domain, {settings_.reachable, random_up_to});
  return std::make_unique<DnsLookup>(scheduler_, *this, std::move(search), std::move(done));
}

std::vector<NameServer> DnsResolver::name_servers() const {
  std::vector<NameServer> servers = settings_.name_servers ? settings_.name_servers() : std::vector<NameServer>{};
  if (servers.empty()) servers = name_servers_of(content_of(settings_.resolv_conf));
  const auto good = std::find(servers.begin(), servers.end(), good_server_);
  if (good != servers.end()) std::rotate(servers.begin(), good, servers.end());
  return servers;
}

std::string DnsResolver::hosts() const { return content_of(settings_.hosts); }

}  // namespace sip
