// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media/sound_pipeline.h"

namespace media {

// What can be heard or spoken into, as the bus shows it.
struct Device {
  std::string id;    // stable: what settings name
  std::string name;  // for people
  std::string kind;  // GStreamer's class: Audio/Source or Audio/Sink

  bool operator==(const Device&) const = default;
};

// The devices of the sound server, or without one those of ALSA; and how to open each. It may take seconds.
class DeviceList {
 public:
  DeviceList();

  std::vector<Device> of_kind(const std::string& kind) const;
  // `default`, or an id; nothing if there is no such device.
  std::optional<DeviceAddress> find(const std::string& id, const std::string& kind) const;

 private:
  std::string backend_;  // pulse, alsa or empty
  std::vector<Device> devices_;
};

}  // namespace media
