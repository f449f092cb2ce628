// SPDX-License-Identifier: LGPL-2.1-or-later
// A thousand accounts register with a real registrar, by a digest, and refresh: what that costs us, and what it costs
// Kamailio, by each transport.
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/kamailio.h"
#include "tests/support/process_figures.h"
#include "tests/support/tls_files.h"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t accounts = 1000;
constexpr int interval = 60;  // seconds

std::string config_with(const std::string& proxy, const std::string& groups, bool registered) {
  std::string text = groups + "local_ip = \"127.0.0.1\";\naccounts: { password_store = \"file\"; list = (";
  for (std::size_t i = 0; i < accounts; ++i) {
    const std::string user = "u" + std::to_string(i);
    text += std::string(i == 0 ? "" : ",") + "\n  { id = \"" + user + "@example.test\"; enabled = true; password = \"" +
            test::password_of(user) + "\"; outbound_proxy = \"" + proxy +
            "\"; registration: { enabled = " + (registered ? "true" : "false") +
            "; interval = " + std::to_string(interval) +
            "; }; sip: { keepalive_interval = 0; tls_name = \"example.test\"; }; }";
  }
  return text + " ); };\naudio: { input_device = \"none\"; output_device = \"none\"; };\n";
}

// In ms; with its children, which do the work of Kamailio.
double cpu_of_all(pid_t process) {
  const std::string number = std::to_string(process);
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  double sum = test::cpu_of(process).count();
  for (pid_t child = 0; file >> child;) sum += cpu_of_all(child);
  return sum;
}

// When each registration succeeded, in the order in which the bus told it.
class Listener {
 public:
  explicit Listener(const test::PrivateBus& bus) : connection_(bus.connect()) {
    connection_->addMatch(
        "type='signal',member='SIPAccountRegistrationDidSucceed'",
        [this](sdbus::Message&) { times.push_back(Clock::now()); }, sdbus::floating_slot);
  }

  void wait_for(std::size_t count) {
    for (const auto end = Clock::now() + 120s; times.size() < count;) {
      if (Clock::now() > end) throw std::runtime_error(std::to_string(times.size()) + " registrations only");
      while (connection_->processPendingRequest()) {
      }
      const auto data = connection_->getEventLoopPollData();
      pollfd descriptor{data.fd, data.events, 0};
      ::poll(&descriptor, 1, 20);
    }
  }

  std::vector<Clock::time_point> times;

 private:
  std::unique_ptr<sdbus::IConnection> connection_;
};

double seconds_between(Clock::time_point first, Clock::time_point last) {
  return std::chrono::duration<double>(last - first).count();
}

// How many of them came in the tenth of a second in which most came.
std::size_t most_at_once(const std::vector<Clock::time_point>& times, std::size_t first) {
  std::size_t most = 0;
  for (std::size_t last = first; last < times.size(); ++last) {
    while (times[last] - times[first] > 100ms) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

double cost_of_start(const std::string& config) {
  const test::PrivateBus bus;
  test::DaemonProcess daemon(bus, config, {"--log-level", "warning"});
  const auto connection = bus.connect();
  test::Client(*connection).get<bool>(test::engine_path, "Engine", "IsRunning");
  return test::cpu_of(daemon.process().number()).count();
}

void run(const std::string& transport) {
  const test::TlsFiles files;
  test::Kamailio kamailio({.certificate_file = files.issue("kamailio.pem", {.alternative_names = "DNS:example.test"})});
  const std::string groups = files.config() + "sip: { udp_port = 0; tcp_port = 0; tls_port = 0; };\n";
  const double start = cost_of_start(config_with(kamailio.host(transport), groups, false));
  const test::PrivateBus bus;
  Listener listener(bus);
  const double kamailio_before = cpu_of_all(kamailio.number());
  test::DaemonProcess daemon(bus, config_with(kamailio.host(transport), groups, true), {"--log-level", "warning"});
  const auto on_the_bus = Clock::now();
  const auto cpu = [&] { return test::cpu_of(daemon.process().number()).count(); };
  listener.wait_for(accounts);
  const double ours = cpu() - start;
  const double theirs = cpu_of_all(kamailio.number()) - kamailio_before;
  const auto print = [&](const std::string& what, unsigned transactions, double our_cpu, double their_cpu,
                         double time) {
    std::cout << "| " << transport << " | " << what << " | " << time << " | "
              << most_at_once(listener.times, listener.times.size() - accounts) << " | "
              << our_cpu / (transactions * accounts) << " | " << their_cpu / (transactions * accounts) << " |\n"
              << std::flush;
  };
  // Each is refused first, with the challenge.
  print("first", 2, ours, theirs, seconds_between(std::min(on_the_bus, listener.times.front()), listener.times.back()));
  listener.wait_for(2 * accounts);
  print("refresh", 1, cpu() - start - ours, cpu_of_all(kamailio.number()) - kamailio_before - theirs,
        seconds_between(listener.times[accounts], listener.times.back()));
}

}  // namespace

int main() {
  std::cout << "| transport | REGISTERs of 1000 accounts | s | most in 0.1 s | ms of our CPU each | of Kamailio's |\n"
            << "|---|---|---|---|---|---|\n";
  for (const char* transport : {"udp", "tcp", "tls"}) run(transport);
}
