// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/watch.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <iostream>

#include "tools/sipctl/daemon.h"

namespace sipctl {

Watch::~Watch() {
  // What came too late to be heard ends nothing either.
  while (stop_.take()) {
  }
}

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
    std::array<pollfd, 3> polls{pollfd{data.fd, data.events, 0}, pollfd{stop_.descriptor(), POLLIN, 0},
                                pollfd{for_input ? STDIN_FILENO : -1, POLLIN, 0}};
    ::poll(polls.data(), polls.size(), came ? 0 : data.getPollTimeout());
    if (polls[0].revents != 0) take_what_came();
    return {polls[2].revents != 0, stop_.take() || !std::cout};
  } catch (const sdbus::Error& error) {
    throw Failure{absent, "the bus is gone: " + error.getMessage()};
  }
}

}  // namespace sipctl
