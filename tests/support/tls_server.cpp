// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/tls_server.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "tests/support/recorder.h"
#include "tests/support/sipp.h"

namespace test {

using namespace std::chrono_literals;

TlsServer::TlsServer(const std::string& certificate_file, std::vector<std::string> options) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  output_ = pipe[0];
  std::vector<std::string> command{"python3", "-W", "ignore", data_file("tls/server.py"), certificate_file};
  command.insert(command.end(), options.begin(), options.end());
  process_.emplace(std::move(command), std::map<std::string, std::string>{}, pipe[1]);
  ::close(pipe[1]);
  port_ = static_cast<std::uint16_t>(std::stoul(wait("PORT ").substr(5)));
}

TlsServer::~TlsServer() {
  process_.reset();
  ::close(output_);
}

bool TlsServer::read(std::chrono::milliseconds limit) {
  pollfd poll{output_, POLLIN, 0};
  if (::poll(&poll, 1, static_cast<int>(limit.count())) <= 0) return false;
  std::array<char, 4096> block{};
  const ssize_t count = ::read(output_, block.data(), block.size());
  if (count > 0) said_.append(block.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string TlsServer::wait(const std::string& beginning) {
  const auto end = std::chrono::steady_clock::now() + patience;
  do {
    for (std::size_t next; (next = said_.find('\n', looked_at_)) != said_.npos;) {
      const std::string line = said_.substr(looked_at_, next - looked_at_);
      looked_at_ = next + 1;
      if (line.starts_with(beginning)) return line;
    }
    read(100ms);
  } while (std::chrono::steady_clock::now() < end);
  throw std::runtime_error("the server did not say \"" + beginning + "\" but\n" + said_);
}

std::size_t TlsServer::count(const std::string& beginning) {
  while (read(0ms)) {
  }
  std::size_t number = said_.starts_with(beginning) ? 1 : 0;
  for (std::size_t at = 0; (at = said_.find("\n" + beginning, at)) != said_.npos; ++at) ++number;
  return number;
}

}  // namespace test
