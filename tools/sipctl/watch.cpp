// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/watch.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <iostream>

#include "tools/sipctl/daemon.h"

namespace sipctl {
namespace {

int stop_descriptor() {
  sigset_t signals;
  ::sigemptyset(&signals);
  // SIGPIPE: nobody reads what we print.
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::sigaddset(&signals, number);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return ::signalfd(-1, &signals, SFD_CLOEXEC);
}

}  // namespace

Watch::Watch(sdbus::IConnection& connection) : connection_(connection), stop_(stop_descriptor()) {}

Watch::~Watch() { ::close(stop_); }

bool Watch::take_what_came() {
  try {
    bool any = false;
    while (connection_.processPendingRequest()) any = true;
    return any;
  } catch (const sdbus::Error& error) {
    throw Failure{absent, "the bus is gone: " + error.getMessage()};
  }
}

Watch::Woke Watch::wait(bool for_input) {
  try {
    // What came while a reply was waited for makes no descriptor readable.
    const bool came = take_what_came();
    const auto data = connection_.getEventLoopPollData();
    std::array<pollfd, 3> polls{pollfd{data.fd, data.events, 0}, pollfd{stop_, POLLIN, 0},
                                pollfd{for_input ? STDIN_FILENO : -1, POLLIN, 0}};
    ::poll(polls.data(), polls.size(), came ? 0 : data.getPollTimeout());
    if (polls[0].revents != 0) take_what_came();
    Woke woke{polls[2].revents != 0, polls[1].revents != 0 || !std::cout};
    signalfd_siginfo taken{};
    if (polls[1].revents != 0 && ::read(stop_, &taken, sizeof taken) < 0) woke.stop = false;
    return woke;
  } catch (const sdbus::Error& error) {
    throw Failure{absent, "the bus is gone: " + error.getMessage()};
  }
}

}  // namespace sipctl
