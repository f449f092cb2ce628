// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sdbus-c++/Types.h>

#include "config/settings_object.h"
#include "daemon/session/properties.h"
#include "dbus/property_table.h"
#include "media/audio_stream.h"

// Our values as D-Bus carries them, and back.
namespace dbus {

using Names = std::vector<std::string>;
using Route = sdbus::Struct<std::string, std::uint16_t, std::string>;
using EndReason = sdbus::Struct<std::string, std::uint32_t, std::string>;
using Description = sdbus::Struct<std::string, std::string, sdbus::Variant, bool, std::string>;
using Modified = std::map<std::string, sdbus::Struct<sdbus::Variant, sdbus::Variant>>;

// Microseconds since 1970-01-01 UTC; 0 is None.
std::uint64_t to_bus(session::Time time);
std::uint64_t now();

Route to_bus(const sip::Route& route);
EndReason to_bus(const session::EndReason& reason);
sdbus::Variant to_bus(const config::Value& value);
std::vector<Description> to_bus(const std::vector<config::Description>& descriptions);
Modified to_bus(const config::Changes& changes);

// The diagnostics of a stream: see AudioTransport in the XML. Empty without one.
Dictionary to_bus(const std::optional<media::AudioStatistics>& statistics,
                  const std::optional<media::AudioParameters>& parameters);

// What a client gave. Texts of more than 4 KiB throw Error{limit_reached}, types that no setting has
// Error{invalid_argument}.
const std::string& checked(const std::string& text);
// Throws Error{invalid_argument} for what no clock of ours reaches (2262).
session::Time from_bus(std::uint64_t microseconds);
std::vector<sip::Route> from_bus(const std::vector<Route>& routes);
config::Value from_bus(const sdbus::Variant& value);

}  // namespace dbus
