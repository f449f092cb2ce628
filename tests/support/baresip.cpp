// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/baresip.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <stdexcept>

#include "tests/support/sipp.h"

namespace test {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* config = R"(sip_listen 127.0.0.1:PORT
net_interface 127.0.0.1
audio_source ausine,TONE
audio_player aubridge,nowhere
audio_alert aubridge,nowhere
ausrc_srate 48000
auplay_srate 8000
ausrc_channels 2
auplay_channels 1
rtp_ports 20000-30000
snd_path DIRECTORY
ctrl_tcp_listen 127.0.0.1:CONTROL
module_path /usr/lib/baresip/modules
module g711.so
module ausine.so
module aubridge.so
module sndfile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
)";

std::string replaced(std::string text, const std::string& word, const std::string& value) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + value.size()))
    text.replace(at, word.size(), value);
  return text;
}

// One whose next one is free, too: there it listens over TLS.
std::uint16_t free_pair() {
  for (int attempt = 0; attempt < 50; ++attempt) {
    const std::uint16_t port = free_port();
    const int next = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port + 1));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool free = ::bind(next, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    ::close(next);
    if (free) return port;
  }
  throw std::runtime_error("there are no two free ports");
}

}  // namespace

Baresip::Baresip(unsigned frequency, const std::string& codec) : port_(free_pair()), control_port_(free_port()) {
  const std::string directory = directory_.path();
  std::string text = replaced(config, "CONTROL", std::to_string(control_port_));
  text = replaced(text, "DIRECTORY", directory);
  text = replaced(text, "TONE", std::to_string(frequency));
  std::ofstream(directory + "/config") << replaced(text, "PORT", std::to_string(port_));
  std::ofstream(directory + "/accounts") << "<" << uri() << ">;regint=0;answermode=manual;audio_codecs=" << codec
                                         << "\n";
  output_ = ::open((directory + "/log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  process_.emplace(std::vector<std::string>{"baresip", "-f", directory}, std::map<std::string, std::string>{}, output_);
  connect();
}

Baresip::~Baresip() {
  ::close(socket_);
  ::close(output_);
}

std::string Baresip::log() const { return read_file(directory_.path() / "log"); }

void Baresip::connect() {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(control_port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto end = Clock::now() + 20s;
  while (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    if (process_->wait(50ms) || Clock::now() > end) throw std::runtime_error("baresip did not start:\n" + log());
}

void Baresip::command(const std::string& name, const std::string& parameters) {
  const std::string json = R"({"command":")" + name + R"(","params":")" + parameters + R"(","token":"test"})";
  const std::string netstring = std::to_string(json.size()) + ":" + json + ",";
  if (::send(socket_, netstring.data(), netstring.size(), MSG_NOSIGNAL) < 0)
    throw std::runtime_error("baresip is gone:\n" + log());
}

std::optional<std::string> Baresip::next(std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  for (;;) {
    const auto colon = pending_.find(':');
    const std::size_t length = colon == std::string::npos ? 0 : std::stoul(pending_);
    if (length > 0 && pending_.size() > colon + 1 + length) {
      const std::string json = pending_.substr(colon + 1, length);
      pending_.erase(0, colon + length + 2);
      all_ += json + "\n";
      return json;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd poll{socket_, POLLIN, 0};
    if (left <= 0 || ::poll(&poll, 1, static_cast<int>(left)) <= 0) return {};
    std::array<char, 4096> bytes;
    const auto got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (got <= 0) return {};
    pending_.append(bytes.data(), static_cast<std::size_t>(got));
  }
}

std::string Baresip::wait(const std::string& type) {
  const auto end = Clock::now() + patience;
  while (const auto json = next(std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now())))
    if (json->find("\"type\":\"" + type + "\"") != std::string::npos) return *json;
  throw std::runtime_error("baresip did not tell of " + type + ":\n" + all_ + log());
}

void Baresip::quit() {
  command("quit");
  if (!process_->wait(patience)) throw std::runtime_error("baresip does not end:\n" + log());
}

std::string Baresip::heard_file() const {
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
    if (const std::string name = entry.path(); name.ends_with("-dec.wav")) return name;
  throw std::runtime_error("baresip kept nothing of what it heard:\n" + log());
}

}  // namespace test
