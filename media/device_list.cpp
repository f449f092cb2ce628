// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/device_list.h"

#include <cstdlib>
#include <filesystem>
#include <tuple>

#include <gst/gst.h>

#include "base/text.h"

namespace media {
namespace {

using Text = base::Handle<gchar, g_free>;

std::string text_of(gchar* text) {
  const Text held(text);
  return held ? held.get() : "";
}

// The name that the provider's own element takes: it stays the same as long as the hardware is there.
std::string internal_name(GstDevice* device) {
  gchar* name = nullptr;
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(device), "internal-name"))
    g_object_get(device, "internal-name", &name, nullptr);
  return text_of(name);
}

// What a loudspeaker plays can be listened to as well: nobody means that by a microphone.
bool is_monitor(GstDevice* device) {
  const base::Handle<GstStructure, gst_structure_free> properties(gst_device_get_properties(device));
  const gchar* kind = properties ? gst_structure_get_string(properties.get(), "device.class") : nullptr;
  return kind && std::string_view(kind) == "monitor";
}

std::vector<Device> devices_of(const char* plugin, const char* provider_name) {
  std::vector<Device> devices;
  if (!load_plugin(plugin)) return devices;
  const base::Handle<GstDeviceProvider, gst_object_unref> provider(
      gst_device_provider_factory_get_by_name(provider_name));
  if (!provider) return devices;
  const base::Handle<GList, g_list_free> found(gst_device_provider_get_devices(provider.get()));
  for (const GList* item = found.get(); item; item = item->next) {
    const base::Handle<GstDevice, gst_object_unref> held(GST_DEVICE(item->data));
    GstDevice* const device = held.get();
    const std::string id = base::to_utf8(internal_name(device));
    const std::string kind = text_of(gst_device_get_device_class(device));
    if (id.empty() || is_monitor(device) || (kind != "Audio/Source" && kind != "Audio/Sink")) continue;
    devices.push_back({id, base::to_display(text_of(gst_device_get_display_name(device))), kind});
  }
  return devices;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// Somebody may answer. Asking GStreamer's provider where nobody does costs 20 kB that it never gives back.
bool is_worth_asking(std::string_view backend) {
  if (backend == "alsa") return std::filesystem::exists("/proc/asound/cards");
  if (!variable("PULSE_SERVER").empty()) return true;
  for (const std::string& socket :
       {variable("PULSE_RUNTIME_PATH") + "/native", variable("XDG_RUNTIME_DIR") + "/pulse/native",
        std::string("/run/pulse/native"), variable("HOME") + "/.config/pulse/client.conf"})
    if (std::error_code ignored; std::filesystem::exists(socket, ignored)) return true;
  return false;
}

}  // namespace

DeviceList::DeviceList() {
  // PipeWire answers as the sound server PulseAudio does.
  for (const auto& [backend, plugin, provider] :
       {std::tuple{"pulse", "pulseaudio", "pulsedeviceprovider"}, std::tuple{"alsa", "alsa", "alsadeviceprovider"}}) {
    if (!is_worth_asking(backend)) continue;
    devices_ = devices_of(plugin, provider);
    backend_ = backend;
    if (!devices_.empty()) return;
  }
}

std::vector<Device> DeviceList::of_kind(const std::string& kind) const {
  std::vector<Device> found;
  for (const Device& device : devices_)
    if (device.kind == kind) found.push_back(device);
  return found;
}

std::optional<DeviceAddress> DeviceList::find(const std::string& id, const std::string& kind) const {
  const std::string element = backend_ + (kind == "Audio/Source" ? "src" : "sink");
  for (const Device& device : devices_) {
    if (device.kind != kind) continue;
    if (id == "default") return DeviceAddress{element, ""};
    if (device.id == id) return DeviceAddress{element, id};
  }
  return {};
}

}  // namespace media
