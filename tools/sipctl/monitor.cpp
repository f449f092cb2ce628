// SPDX-License-Identifier: LGPL-2.1-or-later
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <iostream>

#include "tools/sipctl/commands.h"

namespace sipctl {
namespace {

struct Told {
  std::uint64_t time;  // microseconds since 1970-01-01 UTC
  std::string path;
  std::string interface;
  std::string member;
  std::vector<Value> arguments;  // without the time
};

std::uint64_t now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

// Ours say when they were sent; those of D-Bus itself came now.
Told read(sdbus::Message& message) {
  Told told{now(), message.getPath(), message.getInterfaceName(), message.getMemberName(), read_values(message)};
  const bool ours = told.interface.starts_with("org.sipsession1.");
  if (ours && !told.arguments.empty() && told.arguments.front().type == 't') {
    told.time = std::stoull(told.arguments.front().text);
    told.arguments.erase(told.arguments.begin());
  }
  return told;
}

std::string clock_time(std::uint64_t time) {
  const auto seconds = static_cast<std::time_t>(time / 1000000);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const auto length = std::strftime(text.data(), text.size(), "%F %T", &parts);
  const std::string fraction = std::to_string(1000000 + time % 1000000).substr(1);
  return std::string(text.data(), length) + "." + fraction;
}

std::string joined(const std::vector<Value>& values, std::string (Value::*text)() const) {
  std::string result;
  for (const Value& value : values) result += (result.empty() ? "" : ", ") + (value.*text)();
  return result;
}

void print(const Options& options, const Told& told) {
  if (options.json) {
    std::cout << "{\"time\": " << told.time << ", \"path\": " << to_json(told.path)
              << ", \"interface\": " << to_json(told.interface) << ", \"member\": " << to_json(told.member)
              << ", \"arguments\": [" << joined(told.arguments, &Value::to_json) << "]}" << std::endl;
    return;
  }
  const std::string path =
      told.path.starts_with(root_path) ? told.path.substr(std::string(root_path).size()) : told.path;
  std::cout << clock_time(told.time) << "  " << (path.empty() ? "/" : path) << "  " << told.member << "("
            << joined(told.arguments, &Value::to_text) << ")" << std::endl;
}

// That the daemon comes or goes, or is there at the start, is printed like a signal of its own.
void print_presence(const Options& options, const char* what) { print(options, {now(), root_path, "", what, {}}); }

int stop_descriptor() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return ::signalfd(-1, &signals, SFD_CLOEXEC);
}

void serve(sdbus::IConnection& connection, int stop) {
  for (;;) {
    const auto data = connection.getEventLoopPollData();
    std::array<pollfd, 2> polls{pollfd{data.fd, data.events, 0}, pollfd{stop, POLLIN, 0}};
    ::poll(polls.data(), polls.size(), data.getPollTimeout());
    if (polls[1].revents != 0 || !std::cout) return;
    while (connection.processPendingRequest()) {
    }
  }
}

}  // namespace

void monitor(const Options& options, const Command&) {
  const int stop = stop_descriptor();
  const auto connection = connect(options);
  const auto signals = connection->addMatch("type='signal',sender='org.sipsession1'",
                                            [&](sdbus::Message& message) { print(options, read(message)); });
  const auto presence = connection->addMatch(
      "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.sipsession1'",
      [&](sdbus::Message& message) {
        print_presence(options, read_values(message).at(2).text.empty() ? "DaemonWentAway" : "DaemonCame");
      });
  bool there = false;
  try {
    const auto bus = sdbus::createProxy(*connection, "org.freedesktop.DBus", "/org/freedesktop/DBus");
    bus->callMethod("NameHasOwner").onInterface("org.freedesktop.DBus").withArguments(bus_name).storeResultsTo(there);
    print_presence(options, there ? "DaemonIsThere" : "DaemonIsAbsent");
    serve(*connection, stop);
  } catch (const sdbus::Error& error) {
    throw Failure{absent, "the bus is gone: " + error.getMessage()};
  }
  ::close(stop);
}

}  // namespace sipctl
