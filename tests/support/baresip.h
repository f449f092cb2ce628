// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "tests/support/private_bus.h"
#include "tests/support/recorder.h"

namespace test {

// A baresip with one account, whose microphone is a steady tone and whose sound is kept in a file.
class Baresip {
 public:
  Baresip(unsigned frequency, const std::string& codec);
  ~Baresip();
  Baresip(const Baresip&) = delete;
  Baresip& operator=(const Baresip&) = delete;

  std::string uri() const { return "sip:phone@127.0.0.1:" + std::to_string(port_); }
  // "dial", "accept", "hangup", "hold", "resume", "sndcode".
  void command(const std::string& name, const std::string& parameters = "");
  // Waits for the next event of this type, as "CALL_ESTABLISHED", and gives it as JSON.
  std::string wait(const std::string& type);
  // Ends it, and waits until it is gone.
  void quit();
  // What it heard: 16-bit PCM. Its header is right when it has ended.
  std::string heard_file() const;

 private:
  void connect();
  // Takes the next netstring from the socket, an event or a response.
  std::optional<std::string> next(std::chrono::milliseconds limit);
  std::string log() const;

  TemporaryDirectory directory_;
  std::uint16_t port_;
  std::uint16_t control_port_;
  int output_;
  std::optional<Process> process_;
  int socket_ = -1;
  std::string pending_;
  std::string all_;
};

}  // namespace test
