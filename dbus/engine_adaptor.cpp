// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/engine_adaptor.h"

#include "base/text.h"
#include "dbus/errors.h"
#include "dbus/names.h"
#include "dbus/to_bus.h"

namespace dbus {
namespace {

using Adaptor = org::sipsession1::Engine_adaptor;

struct Teller {
  const Bus& bus;
  Adaptor& adaptor;
  std::uint64_t time = now();

  void operator()(const session::EngineWillStart&) const { tell(bus, adaptor, &Adaptor::emitSIPEngineWillStart, time); }
  void operator()(const session::EngineDidStart&) const { tell(bus, adaptor, &Adaptor::emitSIPEngineDidStart, time); }
  void operator()(const session::EngineDidFail& e) const {
    tell(bus, adaptor, &Adaptor::emitSIPEngineDidFail, time, base::to_display(e.reason));
  }
  void operator()(const session::EngineWillEnd&) const { tell(bus, adaptor, &Adaptor::emitSIPEngineWillEnd, time); }
  void operator()(const session::EngineDidEnd&) const { tell(bus, adaptor, &Adaptor::emitSIPEngineDidEnd, time); }
};

Devices to_bus(const std::vector<session::AudioDevice>& devices) {
  Devices result;
  for (const session::AudioDevice& device : devices)
    result.emplace_back(base::to_utf8(device.id), base::to_display(device.name), base::to_utf8(device.device_class));
  return result;
}

}  // namespace

EngineValues values_of(const session::Engine& engine) {
  return {
      .is_running = engine.is_running(),
      .user_agent = base::to_display(engine.user_agent()),
      .version = engine.version(),
      .local_uris = engine.local_uris(),
      .audio_input_devices = to_bus(engine.audio_input_devices()),
      .audio_output_devices = to_bus(engine.audio_output_devices()),
      .audio_input_device = base::to_utf8(engine.audio_input_device()),
      .audio_output_device = base::to_utf8(engine.audio_output_device()),
      .audio_codecs = engine.audio_codecs(),
  };
}

const PropertyTable<EngineValues>& engine_table() {
  using V = EngineValues;
  static const PropertyTable<V> table{
      property("IsRunning", &V::is_running),
      property("UserAgent", &V::user_agent),
      property("Version", &V::version),
      property("LocalUris", &V::local_uris),
      property("AudioInputDevices", &V::audio_input_devices),
      property("AudioOutputDevices", &V::audio_output_devices),
      property("AudioInputDevice", &V::audio_input_device),
      property("AudioOutputDevice", &V::audio_output_device),
      property("AudioCodecs", &V::audio_codecs),
  };
  return table;
}

EngineAdaptor::EngineAdaptor(const Bus& bus, session::Engine& engine)
    : AdaptorInterfaces(bus.connection, engine_path), bus_(bus), engine_(engine), shown_(values_of(engine)) {
  registerAdaptor();
}

EngineAdaptor::~EngineAdaptor() { unregisterAdaptor(); }

void EngineAdaptor::tell(const session::EngineEvent& event) {
  refresh();
  std::visit(Teller{bus_, *this}, event);
}

void EngineAdaptor::refresh() {
  EngineValues values = values_of(engine_);
  tell_properties_changed(bus_, getObject(), INTERFACE_NAME, changes(engine_table(), shown_, values));
  shown_ = std::move(values);
}

void EngineAdaptor::Start() {
  answer([&] { engine_.start(); });
}

void EngineAdaptor::Stop(sdbus::Result<>&& result) {
  answer([&] {
    engine_.stop(
        [kept = std::make_shared<sdbus::Result<>>(std::move(result))] { attempt([&] { kept->returnResults(); }); });
  });
}

}  // namespace dbus
