// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/logind.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>

namespace test {
namespace {

constexpr const char* interface = "org.freedesktop.login1.Manager";

}  // namespace

Logind::Logind(const PrivateBus& bus)
    : connection_(bus.connect()), object_(sdbus::createObject(*connection_, "/org/freedesktop/login1")) {
  object_->registerMethod("Inhibit").onInterface(interface).implementedAs(
      [this](const std::string& what, const std::string&, const std::string&, const std::string& mode) {
        std::array<int, 2> pipe{};
        if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw sdbus::Error("test.Failed", "no pipe");
        const std::scoped_lock lock(mutex_);
        inhibited_.push_back(what + " " + mode);
        ends_.emplace_back(pipe[0], sdbus::adopt_fd);
        return sdbus::UnixFd(pipe[1], sdbus::adopt_fd);
      });
  object_->registerSignal("PrepareForSleep").onInterface(interface).withParameters<bool>();
  object_->finishRegistration();
  connection_->requestName("org.freedesktop.login1");
  connection_->enterEventLoopAsync();
}

Logind::~Logind() { connection_->leaveEventLoop(); }

void Logind::prepare_for_sleep(bool asleep) {
  object_->emitSignal("PrepareForSleep").onInterface(interface).withArguments(asleep);
}

std::vector<std::string> Logind::inhibited() const {
  const std::scoped_lock lock(mutex_);
  return inhibited_;
}

bool Logind::released(std::chrono::milliseconds limit) const {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::vector<int> waiting;
  {
    const std::scoped_lock lock(mutex_);
    for (const sdbus::UnixFd& one : ends_) waiting.push_back(one.get());
  }
  for (const int descriptor : waiting) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd closed{descriptor, 0, 0};
    if (::poll(&closed, 1, std::max(0, static_cast<int>(left.count()))) <= 0) return false;
  }
  return true;
}

}  // namespace test
