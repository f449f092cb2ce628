// SPDX-License-Identifier: LGPL-2.1-or-later
// Answering calls: sipp calls, a client on the bus accepts each, all signals leave. Prints one row for each rate.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/support/client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/private_bus.h"
#include "tests/support/process_figures.h"

namespace {

using namespace std::chrono_literals;

std::string threads_of(pid_t process) {
  std::string names;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    std::ifstream file(task.path() / "comm");
    std::string name;
    std::getline(file, name);
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

// Accepts every call that comes.
class Acceptor {
 public:
  explicit Acceptor(std::unique_ptr<sdbus::IConnection> connection) : connection_(std::move(connection)) {
    connection_->addMatch(
        "type='signal',interface='org.sipsession1.Session',member='SIPSessionNewIncoming'",
        [this](sdbus::Message& message) { accept(message.getPath()); }, sdbus::floating_slot);
  }

  void run(std::chrono::milliseconds limit) {
    while (connection_->processPendingRequest()) {
    }
    const auto data = connection_->getEventLoopPollData();
    pollfd descriptor{data.fd, data.events, 0};
    ::poll(&descriptor, 1, static_cast<int>(limit.count()));
  }

 private:
  void accept(const std::string& path) {
    const auto proxy = sdbus::createProxy(*connection_, "org.sipsession1", path);
    auto call = proxy->createMethodCall("org.sipsession1.Session", "Accept");
    call << std::vector<std::string>{"audio"};
    call.dontExpectReply();
    proxy->callMethod(call);
  }

  std::unique_ptr<sdbus::IConnection> connection_;
};

struct Round {
  int rate;
  int calls;
};

// The times INVITE to 180 that sipp has written down, in ms, sorted.
std::vector<double> response_times(const std::filesystem::path& directory) {
  std::vector<double> times;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    if (file.path().string().find("_rtt.csv") == std::string::npos) continue;
    std::ifstream rows(file.path());
    std::string row;
    std::getline(rows, row);
    while (std::getline(rows, row)) {
      const auto first = row.find(';');
      times.push_back(std::atof(row.c_str() + first + 1));
    }
  }
  std::sort(times.begin(), times.end());
  return times;
}

void run_round(const Round& round, const std::string& port, pid_t number, Acceptor& acceptor, bool printed = true) {
  const test::TemporaryDirectory directory;
  const std::string calls = std::to_string(round.calls);
  std::filesystem::copy_file(CALLS_SCENARIO, directory.path() / "uac.xml");
  const test::Milliseconds cpu_before = test::cpu_of(number);
  const long memory_before = test::kilobytes_of(number);
  const int silence = open("/dev/null", O_WRONLY | O_CLOEXEC);
  test::Process sipp({"sh", "-c",
                      "cd " + directory.path().string() + " && exec sipp -sf uac.xml -s bob 127.0.0.1:" + port +
                          " -i 127.0.0.1 -mi 127.0.0.1 -r " + std::to_string(round.rate) + " -m " + calls +
                          " -l 500 -trace_rtt -rtt_freq 1 -nostdin -timeout 120s 2>/dev/null"},
                     {}, silence);
  std::optional<int> result;
  while (!(result = sipp.wait(0ms))) acceptor.run(20ms);
  ::close(silence);
  const double cpu = (test::cpu_of(number) - cpu_before).count() / round.calls;
  const auto times = response_times(directory.path());
  const double p99 = times.empty() ? 0 : times[times.size() * 99 / 100];
  if (!printed) return;
  std::cout << "| " << round.rate << " | " << round.calls << " | " << (*result == 0 ? "none" : "some") << " | " << cpu
            << " | " << p99 << " | " << test::kilobytes_of(number) - memory_before << " |\n";
}

}  // namespace

int main() {
  const test::PrivateBus bus;
  test::DaemonProcess daemon(bus, R"(
local_ip = "127.0.0.1";
audio: { input_device = "none"; output_device = "none"; };
rtp: { port_range = "30000:40000"; };
sessions: { max = 1000; linger = 1; };
bonjour: { contact_user = "bob"; };
)",
                             {"--log-level", "warning"});
  Acceptor acceptor(bus.connect());
  const auto connection = bus.connect();
  test::Client client(*connection);
  const auto uris = client.get<std::vector<std::string>>(test::engine_path, "Engine", "LocalUris");
  const std::string port = uris.front().substr(uris.front().rfind(':') + 1);
  const pid_t number = daemon.process().number();
  std::cout << "idle: " << test::kilobytes_of(number) << " kB, threads: " << threads_of(number) << "\n\n"
            << "| calls/s | calls | failures | CPU ms/call | INVITE→180 p99 ms | memory kB more |\n"
            << "|---|---|---|---|---|---|\n";
  for (const Round& round : {Round{10, 100}, Round{50, 1000}, Round{100, 2000}, Round{200, 4000}, Round{200, 4000}})
    run_round(round, port, number, acceptor);
  // Transactions of SIP live for 32 s after their end: what is left after that is kept for good.
  std::cout << "\nmemory at rest, after 4000 calls at 200 a second each:";
  for (int i = 0; i < 3; ++i) {
    if (i > 0) run_round({200, 4000}, port, number, acceptor, false);
    const auto end = std::chrono::steady_clock::now() + 36s;
    while (std::chrono::steady_clock::now() < end) acceptor.run(1000ms);
    std::cout << ' ' << test::kilobytes_of(number) << " kB" << std::flush;
  }
  std::cout << "\nthreads after: " << threads_of(number) << "\n";
  return daemon.stop();
}
