// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/notify_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "tests/support/recorder.h"
#include "tests/support/sipp.h"

namespace test {

NotifySocket::NotifySocket() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path().copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    throw std::runtime_error("no socket at " + path());
}

NotifySocket::~NotifySocket() { ::close(socket_); }

std::string NotifySocket::wait(const std::string& line) const {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd poll{socket_, POLLIN, 0};
    if (left <= 0 || ::poll(&poll, 1, static_cast<int>(left)) <= 0) throw std::runtime_error("nobody told " + line);
    std::array<char, 4096> bytes;
    const auto length = ::recv(socket_, bytes.data(), bytes.size(), 0);
    const std::string text(bytes.data(), static_cast<std::size_t>(length > 0 ? length : 0));
    if (("\n" + text + "\n").find("\n" + line + "\n") != std::string::npos) return text;
  }
}

OutputFile::OutputFile()
    : descriptor_(::open((directory_.path() / "output").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) {}

OutputFile::~OutputFile() { ::close(descriptor_); }

std::string OutputFile::text() const { return read_file(directory_.path() / "output"); }

}  // namespace test
