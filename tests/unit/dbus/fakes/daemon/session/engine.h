// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace session {

struct EngineWillStart {};
struct EngineDidStart {};
struct EngineDidFail {
  std::string reason;
};
struct EngineWillEnd {};
struct EngineDidEnd {};
using EngineEvent = std::variant<EngineWillStart, EngineDidStart, EngineDidFail, EngineWillEnd, EngineDidEnd>;

class EngineListener {
 public:
  virtual ~EngineListener() = default;
  virtual void on_engine_event(const EngineEvent& event) = 0;
};

struct AudioDevice {
  std::string id;
  std::string name;
  std::string device_class;
};

// Stands for the Engine of the daemon.
class Engine {
 public:
  void start() {
    running = true;
    listener->on_engine_event(EngineDidStart{});
  }
  void stop(std::function<void()> stopped) {
    running = false;
    listener->on_engine_event(EngineDidEnd{});
    stopped();
  }

  bool is_running() const { return running; }
  std::string user_agent() const { return "fake"; }
  std::string version() const { return "1"; }
  std::vector<std::string> local_uris() const { return {"sip:127.0.0.1:5060"}; }
  std::vector<AudioDevice> audio_input_devices() const { return {{"mic", "Microphone", "Audio/Source"}}; }
  std::vector<AudioDevice> audio_output_devices() const { return {}; }
  std::string audio_input_device() const { return "mic"; }
  std::string audio_output_device() const { return "none"; }
  std::vector<std::string> audio_codecs() const { return {"PCMU"}; }

  EngineListener* listener = nullptr;
  bool running = false;
};

}  // namespace session
