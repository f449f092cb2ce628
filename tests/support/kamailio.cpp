// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/kamailio.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "tests/support/recorder.h"
#include "tests/support/sipp.h"

namespace test {
namespace {

using namespace std::chrono_literals;

// What kamailio.cfg leaves out without TLS. A whole message may wait for the handshake with another relay.
std::string tls_lines(std::uint16_t port, const KamailioSettings& settings) {
  if (port == 0) return "";
  const std::string& certificate_file = settings.certificate_file;
  return "enable_tls=yes\nlisten=tls:" + settings.address + ":" + std::to_string(port) +
         "\nloadmodule \"tls.so\"\nmodparam(\"tls\", \"tls_method\", \"TLSv1.2+\")\nmodparam(\"tls\", \"certificate\", "
         "\"" +
         certificate_file + "\")\nmodparam(\"tls\", \"private_key\", \"" + certificate_file +
         "\")\nmodparam(\"tls\", \"con_ct_wq_max\", 1000000)\n";
}

std::string filled(std::string text, const std::string& placeholder, const std::string& value) {
  for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at + value.size()))
    text.replace(at, placeholder.size(), value);
  return text;
}

}  // namespace

Kamailio::Kamailio(const KamailioSettings& settings)
    : settings_(settings),
      port_(free_port(settings.address)),
      tls_port_(settings.certificate_file.empty() ? 0 : free_port(settings.address)) {
  start();
}

std::string Kamailio::host(const std::string& transport) const {
  const std::string host = settings_.address + ":" + std::to_string(port(transport));
  return transport == "udp" ? host : host + ";transport=" + transport;
}

void Kamailio::start() {
  const std::string directory = directory_.path();
  const std::string file = directory + "/kamailio.cfg";
  std::string config = read_file(data_file("kamailio.cfg"));
  config = filled(config, "@ADDRESS@", settings_.address);
  config = filled(config, "@PORT@", std::to_string(port_));
  config = filled(config, "@DIRECTORY@", directory);
  config = filled(config, "@RELAY_PORT@", std::to_string(tls_port_));
  config = filled(config, "@TLS@", tls_lines(tls_port_, settings_));
  std::ofstream(file) << filled(config, "@ALGORITHM@", settings_.algorithm);
  const int log = ::open((directory + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  process_.emplace(std::vector<std::string>{"/usr/sbin/kamailio", "-f", file, "-DD", "-E", "-m", "32", "-M", "4", "-w",
                                            directory, "-Y", directory},
                   std::map<std::string, std::string>{}, log, log);
  ::close(log);
  const auto end = std::chrono::steady_clock::now() + 20s;
  // The sockets of streams are the last that it opens.
  while (!listens(port_, "udp", false) || !listens(port_, "tcp", false) ||
         (tls_port_ != 0 && !listens(tls_port_, "tcp", false)))
    if (process_->wait(20ms) || std::chrono::steady_clock::now() > end)
      throw std::runtime_error("kamailio does not listen:\n" + read_file(directory + "/log"));
}

}  // namespace test
