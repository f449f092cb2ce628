// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/script.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "tests/support/recorder.h"

namespace test {

using namespace std::chrono_literals;

Script::Script(const std::string& file, const std::vector<std::string>& options) {
  std::array<int, 2> commands{};
  std::array<int, 2> words{};
  // A socket, unlike a pipe, takes a line for one that has ended without a signal.
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, commands.data()) != 0 ||
      ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, words.data()) != 0)
    throw std::runtime_error("no sockets for a script");
  input_ = commands[0];
  output_ = words[0];
  std::vector<std::string> command{"python3", "-W", "ignore", file};
  command.insert(command.end(), options.begin(), options.end());
  process_.emplace(std::move(command), std::map<std::string, std::string>{}, words[1], -1, commands[1]);
  ::close(words[1]);
  ::close(commands[1]);
  port_ = static_cast<std::uint16_t>(std::stoul(wait("PORT ").substr(5)));
}

Script::~Script() {
  process_.reset();
  ::close(input_);
  ::close(output_);
}

void Script::tell(const std::string& line) const {
  const std::string text = line + "\n";
  if (::send(input_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("the script does not listen; it said\n" + said_);
}

bool Script::read(std::chrono::milliseconds limit) {
  pollfd poll{output_, POLLIN, 0};
  if (::poll(&poll, 1, static_cast<int>(limit.count())) <= 0) return false;
  std::array<char, 65536> block{};
  const ssize_t count = ::read(output_, block.data(), block.size());
  open_ = count > 0;
  if (open_) said_.append(block.data(), static_cast<std::size_t>(count));
  return open_;
}

std::string Script::wait(const std::string& beginning) {
  const auto end = std::chrono::steady_clock::now() + patience;
  do {
    for (std::size_t next; (next = said_.find('\n', looked_at_)) != said_.npos;) {
      const std::string line = said_.substr(looked_at_, next - looked_at_);
      looked_at_ = next + 1;
      if (line.starts_with(beginning)) return line;
    }
    read(100ms);
  } while (open_ && std::chrono::steady_clock::now() < end);
  throw std::runtime_error("the script did not say \"" + beginning + "\" but\n" + said_);
}

void Script::wait_until(const std::string& beginning, std::size_t number) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (count(beginning) < number) {
    if (!open_ || std::chrono::steady_clock::now() > end)
      throw std::runtime_error("the script did not say \"" + beginning + "\" so often but\n" + said_);
    read(100ms);
  }
}

std::size_t Script::count(const std::string& beginning) {
  while (read(0ms)) {
  }
  std::size_t number = said_.starts_with(beginning) ? 1 : 0;
  for (std::size_t at = 0; (at = said_.find("\n" + beginning, at)) != said_.npos; ++at) ++number;
  return number;
}

}  // namespace test
