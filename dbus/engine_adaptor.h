// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sdbus-c++/AdaptorInterfaces.h>

#include "daemon/session/engine.h"
#include "dbus/Engine_adaptor.h"
#include "dbus/object.h"

namespace dbus {

using Devices = std::vector<sdbus::Struct<std::string, std::string, std::string>>;

// What the engine shows on the bus at one moment.
struct EngineValues {
  bool is_running = false;
  std::string user_agent;
  std::string version;
  std::vector<std::string> local_uris;
  Devices audio_input_devices;
  Devices audio_output_devices;
  std::string audio_input_device;
  std::string audio_output_device;
  std::vector<std::string> audio_codecs;
};

EngineValues values_of(const session::Engine& engine);
const PropertyTable<EngineValues>& engine_table();

// The Engine on the bus.
class EngineAdaptor final : private sdbus::AdaptorInterfaces<org::sipsession1::Engine_adaptor> {
 public:
  EngineAdaptor(const Bus& bus, session::Engine& engine);
  ~EngineAdaptor();

  // PropertiesChanged first, then the signal.
  void tell(const session::EngineEvent& event);
  // Tells of properties that changed without an event: devices come and go.
  void refresh();

 private:
  void Start() override;
  void Stop(sdbus::Result<>&& result) override;
  bool IsRunning() override { return shown_.is_running; }
  std::string UserAgent() override { return shown_.user_agent; }
  std::string Version() override { return shown_.version; }
  std::vector<std::string> LocalUris() override { return shown_.local_uris; }
  Devices AudioInputDevices() override { return shown_.audio_input_devices; }
  Devices AudioOutputDevices() override { return shown_.audio_output_devices; }
  std::string AudioInputDevice() override { return shown_.audio_input_device; }
  std::string AudioOutputDevice() override { return shown_.audio_output_device; }
  std::vector<std::string> AudioCodecs() override { return shown_.audio_codecs; }

  Bus bus_;
  session::Engine& engine_;
  EngineValues shown_;
};

}  // namespace dbus
