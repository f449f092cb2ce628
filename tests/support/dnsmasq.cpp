// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/dnsmasq.h"

#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "tests/support/dns_server.h"
#include "tests/support/recorder.h"

namespace test {
namespace {

bool accepts(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool connected = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(descriptor);
  return connected;
}

}  // namespace

Dnsmasq::Dnsmasq(const std::vector<std::string>& lines) : port_(DnsServer().port()) { start(lines); }

void Dnsmasq::start(const std::vector<std::string>& lines) {
  const std::string file = directory_.path() / "dnsmasq.conf";
  std::ofstream config(file);
  // As root it would become nobody, who may not read the file.
  config << "port=" << port_ << "\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\nno-poll\npid-file=\n"
         << "user=" << ::getpwuid(::geteuid())->pw_name << "\nlocal=/test/\n";
  for (const std::string& line : lines) config << line << "\n";
  config.close();
  process_.emplace(
      std::vector<std::string>{"/usr/sbin/dnsmasq", "--no-daemon", "--conf-file=" + file, "--log-facility=/dev/null"});
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!accepts(port_)) {
    if (std::chrono::steady_clock::now() > end || process_->wait(std::chrono::milliseconds(0)))
      throw std::runtime_error("dnsmasq does not answer on " + text());
    ::poll(nullptr, 0, 20);
  }
}

}  // namespace test
