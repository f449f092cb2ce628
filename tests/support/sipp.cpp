// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/sipp.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace test {
namespace {

using namespace std::chrono_literals;

constexpr auto limit = 100s;

struct Socket {
  explicit Socket(int opened) : number(opened) {}
  ~Socket() { ::close(number); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int number;
};

// Gives the port that was bound, 0 for none.
std::uint16_t bind_port(const Socket& socket, bool v6, std::uint16_t port) {
  sockaddr_in6 address{};
  socklen_t length = v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  if (v6) {
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address);
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  address.sin6_port = htons(port);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket.number, raw, length) != 0 || ::getsockname(socket.number, raw, &length) != 0) return 0;
  return ntohs(address.sin6_port);
}

std::string bracketed(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string data_file(const std::string& name) {
  const char* directory = std::getenv("TEST_DATA");
  if (!directory) throw std::runtime_error("TEST_DATA must name the directory tests/data");
  return std::string(directory) + "/" + name;
}

std::uint16_t free_port(const std::string& address) {
  const bool v6 = address.find(':') != std::string::npos;
  for (int attempt = 0; attempt < 20; ++attempt) {
    const Socket udp(::socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const Socket tcp(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const std::uint16_t port = bind_port(udp, v6, 0);
    if (port != 0 && bind_port(tcp, v6, port) == port) return port;
  }
  throw std::runtime_error("there is no free port");
}

bool listens(std::uint16_t port, const std::string& transport, bool v6) {
  std::ostringstream wanted;
  wanted << ":" << std::hex << std::uppercase;
  wanted.width(4);
  wanted.fill('0');
  wanted << port;
  const std::string table = read_file("/proc/net/" + transport + (v6 ? "6" : ""));
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string number, local, remote, state;
    fields >> number >> local >> remote >> state;
    // Connections have ports, too: those that listen are in state 0A, sockets of UDP in 07.
    if (local.ends_with(wanted.str()) && state == (transport == "tcp" ? "0A" : "07")) return true;
  }
  return false;
}

Sipp::Sipp(const SippSettings& settings) : port_(free_port(settings.address)) {
  const bool v6 = settings.address.find(':') != std::string::npos;
  const bool tcp = settings.transport == "tcp";
  uri_ = "sip:peer@" + bracketed(settings.address) + ":" + std::to_string(port_) + (tcp ? ";transport=tcp" : "");
  const std::string messages = directory_.path() / "messages";
  const std::string errors = directory_.path() / "errors";
  std::vector<std::string> command{"sipp",
                                   "-sf",
                                   data_file("sipp/" + settings.scenario + ".xml"),
                                   "-m",
                                   "1",
                                   "-i",
                                   settings.address,
                                   "-p",
                                   std::to_string(port_),
                                   "-mp",
                                   std::to_string(free_port(settings.address)),
                                   "-nostdin",
                                   "-timeout",
                                   "90s",
                                   "-timeout_error",
                                   "-trace_msg",
                                   "-message_file",
                                   messages,
                                   "-trace_err",
                                   "-error_file",
                                   errors,
                                   "-t",
                                   tcp ? "t1" : "u1",
                                   "-s",
                                   settings.user};
  for (const auto& [key, value] : settings.keys) command.insert(command.end(), {"-key", key, value});
  if (settings.target != 0) command.push_back(bracketed(settings.address) + ":" + std::to_string(settings.target));
  const Socket nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  process_.emplace(std::move(command), std::map<std::string, std::string>{{"TERM", "dumb"}}, nowhere.number);
  if (settings.target != 0) return;
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!listens(port_, settings.transport, v6) && !process_->wait(20ms))
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("sipp does not listen");
}

bool Sipp::refreshed(unsigned times) const {
  std::istringstream messages(read_file(directory_.path() / "messages"));
  std::map<std::string, unsigned> seen;
  for (std::string line; std::getline(messages, line);)
    if (line.starts_with("CSeq:") &&
        (line.find("UPDATE") != std::string::npos || line.find("INVITE") != std::string::npos))
      ++seen[line];
  // A request and its response: twice. The first of them made the call.
  return std::count_if(seen.begin(), seen.end(), [](const auto& one) { return one.second >= 2; }) > times;
}

std::string Sipp::fault() {
  const auto code = process_->wait(limit);
  if (code == 0) return "";
  return "sipp ended with " + (code ? std::to_string(*code) : "nothing") + "\n" +
         read_file(directory_.path() / "errors") + read_file(directory_.path() / "messages");
}

}  // namespace test
