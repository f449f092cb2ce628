// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/service.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>

#include <systemd/sd-daemon.h>

#include "base/text.h"

namespace base {
namespace {

volatile std::sig_atomic_t last_code = 0;

void leave(int) noexcept { _exit(last_code); }

}  // namespace

Service::Service(Scheduler& scheduler) : watchdog_(scheduler) {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return;
  period_ = std::chrono::duration_cast<Duration>(std::chrono::microseconds(microseconds)) / 2;
  feed_watchdog();
}

void Service::feed_watchdog() {
  sd_notify(0, "WATCHDOG=1");
  watchdog_.start(period_, [this] { feed_watchdog(); });
}

void Service::ready(const std::string& status) { sd_notify(0, ("READY=1\nSTATUS=" + one_line(status)).c_str()); }

void Service::status(const std::string& status) { sd_notify(0, ("STATUS=" + one_line(status)).c_str()); }

void Service::reloading() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds)).c_str());
}

void Service::stopping() { sd_notify(0, "STOPPING=1\nSTATUS=ending sessions"); }

void end_after(Duration limit, int code) {
  last_code = code;
  std::signal(SIGALRM, leave);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(limit);
  const itimerval timer{
      .it_interval = {},
      .it_value = {.tv_sec = seconds.count(), .tv_usec = std::chrono::microseconds(limit - seconds).count()}};
  setitimer(ITIMER_REAL, &timer, nullptr);
}

void forbid_dumps() { prctl(PR_SET_DUMPABLE, 0); }

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace base
