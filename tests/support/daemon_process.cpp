// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/daemon_process.h"

#include <poll.h>
#include <signal.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <sdbus-c++/sdbus-c++.h>

namespace test {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto limit = 20s;

// The name is waited for, not a time: NameOwnerChanged comes, or the process ends.
void wait_for_name(const PrivateBus& bus, Process& process) {
  const auto connection = bus.connect();
  bool owned = false;
  const auto match = connection->addMatch(
      "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.sipsession1'",
      [&](sdbus::Message&) { owned = true; });
  const auto proxy = sdbus::createProxy(*connection, "org.freedesktop.DBus", "/org/freedesktop/DBus");
  proxy->callMethod("NameHasOwner")
      .onInterface("org.freedesktop.DBus")
      .withArguments("org.sipsession1")
      .storeResultsTo(owned);
  for (const auto end = Clock::now() + limit; !owned && Clock::now() < end;) {
    pollfd poll{connection->getEventLoopPollData().fd, POLLIN, 0};
    ::poll(&poll, 1, 100);
    while (connection->processPendingRequest()) {
    }
    if (const auto result = process.wait(0ms); result && !owned)
      throw std::runtime_error("sipsessiond ended at once with " + std::to_string(*result));
  }
  if (!owned) throw std::runtime_error("sipsessiond did not come to the bus");
}

}  // namespace

DaemonProcess::DaemonProcess(const PrivateBus& bus, const std::string& config, std::vector<std::string> options,
                             const std::map<std::string, std::string>& environment, int errors)
    : bus_(bus), environment_(environment), errors_(errors) {
  const char* program = std::getenv("SIPSESSIOND");
  if (!program) throw std::runtime_error("SIPSESSIOND must name the daemon to test");
  std::ofstream(config_file()) << config;
  std::filesystem::permissions(config_file(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  command_ = {program, "--bus-address", bus.address(), "--config", config_file(), "--data-dir", data_directory()};
  command_.insert(command_.end(), options.begin(), options.end());
  start();
}

void DaemonProcess::start() {
  for (const char* name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"})
    environment_[name] = directory_.path();
  process_.emplace(command_, environment_, -1, errors_);
  wait_for_name(bus_, *process_);
}

void DaemonProcess::start_again() {
  process_->signal(SIGKILL);
  if (!process_->wait(limit)) throw std::runtime_error("sipsessiond does not end");
  start();
}

int DaemonProcess::stop() {
  process_->signal(SIGTERM);
  const auto result = process_->wait(limit);
  if (!result) throw std::runtime_error("sipsessiond does not end");
  return *result;
}

}  // namespace test
