// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/to_bus.h"

#include "base/error.h"
#include "base/text.h"

namespace dbus {
namespace {

using PortPair = sdbus::Struct<std::uint16_t, std::uint16_t>;
using SoundFile = sdbus::Struct<std::string, std::uint32_t>;

constexpr std::size_t text_limit = 4096;
constexpr std::size_t route_limit = 100;

struct ToVariant {
  sdbus::Variant operator()(bool flag) const { return flag; }
  sdbus::Variant operator()(std::int32_t number) const { return number; }
  sdbus::Variant operator()(std::uint16_t port) const { return port; }
  sdbus::Variant operator()(const std::string& text) const { return base::to_utf8(text); }
  sdbus::Variant operator()(const std::vector<std::string>& texts) const {
    std::vector<std::string> valid;
    for (const std::string& text : texts) valid.push_back(base::to_utf8(text));
    return valid;
  }
  sdbus::Variant operator()(const config::Ports& ports) const { return PortPair(ports.start, ports.end); }
  sdbus::Variant operator()(const config::Sound& sound) const {
    return SoundFile(base::to_utf8(sound.file), sound.volume);
  }
};

}  // namespace

std::uint64_t to_bus(session::Time time) {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
  return since > 0 ? static_cast<std::uint64_t>(since) : 0;
}

std::uint64_t now() { return to_bus(std::chrono::system_clock::now()); }

Route to_bus(const sip::Route& route) { return {base::to_display(route.host), route.port, route.transport}; }

EndReason to_bus(const session::EndReason& reason) {
  return {reason.originator, reason.code, base::to_display(reason.reason)};
}

sdbus::Variant to_bus(const config::Value& value) { return std::visit(ToVariant(), value); }

std::vector<Description> to_bus(const std::vector<config::Description>& descriptions) {
  std::vector<Description> result;
  for (const config::Description& each : descriptions)
    result.emplace_back(each.name, each.signature, to_bus(each.default_value), each.nillable, each.documentation);
  return result;
}

Modified to_bus(const config::Changes& changes) {
  Modified result;
  for (const auto& [name, change] : changes)
    result.emplace(name, sdbus::make_struct(to_bus(change.old_value), to_bus(change.new_value)));
  return result;
}

Dictionary to_bus(const std::optional<media::AudioStatistics>& statistics,
                  const std::optional<media::AudioParameters>& parameters) {
  Dictionary result;
  if (!statistics || !parameters) return result;
  result["cipher_suite"] = std::string();
  result["codec"] = base::to_display(parameters->codec);
  result["payload_type"] = parameters->payload_type;
  result["receive_payload_type"] = parameters->receive_payload_type;
  if (parameters->dtmf_payload_type) result["dtmf_payload_type"] = *parameters->dtmf_payload_type;
  if (parameters->receive_dtmf_payload_type)
    result["receive_dtmf_payload_type"] = *parameters->receive_dtmf_payload_type;
  result["packets_sent"] = statistics->packets_sent;
  result["bytes_sent"] = statistics->bytes_sent;
  result["packets_received"] = statistics->packets_received;
  result["bytes_received"] = statistics->bytes_received;
  result["packets_lost"] = statistics->packets_lost;
  result["packets_late"] = statistics->packets_late;
  result["packets_dropped"] = statistics->packets_dropped;
  result["frames_concealed"] = statistics->frames_concealed;
  result["remote_packets_lost"] = statistics->remote_packets_lost;
  result["jitter"] = statistics->jitter_ms;
  result["remote_jitter"] = statistics->remote_jitter_ms;
  result["buffer"] = statistics->buffer_ms;
  result["round_trip"] = statistics->round_trip_ms;
  return result;
}

const std::string& checked(const std::string& text) {
  if (text.size() > text_limit)
    throw base::Error(base::Errc::limit_reached,
                      "a text of " + std::to_string(text.size()) + " bytes is too long: at most 4096 are allowed");
  return text;
}

session::Time from_bus(std::uint64_t microseconds) {
  constexpr auto last = std::chrono::duration_cast<std::chrono::microseconds>(session::Time::max().time_since_epoch());
  if (microseconds > static_cast<std::uint64_t>(last.count()))
    throw base::Error(base::Errc::invalid_argument, "no time is " + std::to_string(microseconds) +
                                                        " microseconds after 1970: it is in 2262 at the latest");
  return session::Time(std::chrono::microseconds(microseconds));
}

std::vector<sip::Route> from_bus(const std::vector<Route>& routes) {
  if (routes.size() > route_limit)
    throw base::Error(base::Errc::limit_reached,
                      std::to_string(routes.size()) + " routes are too many: at most 100 are allowed");
  std::vector<sip::Route> result;
  for (const Route& route : routes)
    result.push_back({checked(route.get<0>()), route.get<1>(), checked(route.get<2>())});
  return result;
}

config::Value from_bus(const sdbus::Variant& value) {
  const std::string type = value.peekValueType();
  if (type == "b") return value.get<bool>();
  if (type == "i") return value.get<std::int32_t>();
  if (type == "q") return value.get<std::uint16_t>();
  if (type == "s") return checked(value.get<std::string>());
  if (type == "as") {
    const auto texts = value.get<std::vector<std::string>>();
    for (const std::string& text : texts) checked(text);
    return texts;
  }
  if (type == "(qq)") {
    const auto ports = value.get<PortPair>();
    return config::Ports{ports.get<0>(), ports.get<1>()};
  }
  if (type == "(su)") {
    const auto sound = value.get<SoundFile>();
    return config::Sound{checked(sound.get<0>()), sound.get<1>()};
  }
  throw base::Error(base::Errc::invalid_argument,
                    "no setting has the type \"" + type + "\": allowed are b, i, q, s, as, (qq), (su)");
}

}  // namespace dbus
