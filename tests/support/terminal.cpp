// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <system_error>

#include "tests/support/recorder.h"

namespace test {

Terminal::Terminal(std::vector<std::string> command, std::map<std::string, std::string> environment) {
  const winsize size{24, 200, 0, 0};
  if (openpty(&master_, &slave_, nullptr, nullptr, &size) != 0)
    throw std::system_error(errno, std::generic_category(), "openpty");
  fcntl(master_, F_SETFD, FD_CLOEXEC);
  fcntl(slave_, F_SETFD, FD_CLOEXEC);
  // Its own, so that Control-C reaches it.
  command.insert(command.begin(), {"setsid", "--ctty"});
  environment.emplace("TERM", "xterm");
  process_.emplace(std::move(command), std::move(environment), slave_, slave_, slave_);
}

Terminal::~Terminal() {
  process_.reset();
  close(slave_);
  close(master_);
}

void Terminal::type(const std::string& keys) const {
  if (write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
    throw std::runtime_error("the terminal takes no keys");
}

void Terminal::wait_for(const std::string& text) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (screen_.find(text) == screen_.npos)
    if (!read(std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now())))
      throw std::runtime_error("\"" + text + "\" is not on the screen, which has:\n" + screen_);
}

bool Terminal::echoes() const {
  termios state{};
  return tcgetattr(slave_, &state) == 0 && (state.c_lflag & ECHO) != 0;
}

int Terminal::wait() {
  const auto code = process_->wait(patience);
  if (!code) throw std::runtime_error("the program does not end; its screen has:\n" + screen_);
  while (read(std::chrono::milliseconds(0))) {
  }
  return *code;
}

bool Terminal::read(std::chrono::milliseconds limit) {
  pollfd poll{master_, POLLIN, 0};
  if (limit.count() < 0 || ::poll(&poll, 1, static_cast<int>(limit.count())) <= 0) return false;
  std::array<char, 4096> block{};
  const auto length = ::read(master_, block.data(), block.size());
  if (length <= 0) return false;
  screen_.append(block.data(), static_cast<std::size_t>(length));
  return true;
}

}  // namespace test
