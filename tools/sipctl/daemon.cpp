// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/daemon.h"

#include <algorithm>

namespace sipctl {
namespace {

constexpr const char* absences[] = {"org.freedesktop.DBus.Error.ServiceUnknown",
                                    "org.freedesktop.DBus.Error.NameHasNoOwner",
                                    "org.freedesktop.DBus.Error.Disconnected"};

Failure failure_of(const sdbus::Error& error, const std::string& path) {
  if (std::ranges::find(absences, error.getName()) != std::end(absences))
    return {absent, "the daemon is not there: " + error.getMessage()};
  if (error.getName() == "org.freedesktop.DBus.Error.UnknownObject") return {refused, "there is no " + path};
  return {refused, error.getMessage()};
}

// A dictionary of variants as a map.
Properties to_properties(const Value& dictionary) {
  Properties properties;
  for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2)
    properties.emplace(dictionary.items[i].text, dictionary.items[i + 1].items.at(0));
  return properties;
}

}  // namespace

std::unique_ptr<sdbus::IConnection> connect(const Options& options) {
  try {
    if (!options.bus_address.empty()) return sdbus::createSessionBusConnectionWithAddress(options.bus_address);
    return options.system ? sdbus::createSystemBusConnection() : sdbus::createSessionBusConnection();
  } catch (const sdbus::Error& error) {
    throw Failure{absent, "there is no bus: " + error.getMessage()};
  }
}

Daemon::Daemon(const Options& options)
    : timeout_(static_cast<std::int64_t>(options.timeout * 1e6)), connection_(connect(options)) {}

Properties Daemon::properties(const std::string& path, const std::string& interface) {
  return to_properties(send(path, "org.freedesktop.DBus.Properties", "GetAll", [&](sdbus::MethodCall& message) {
                         message << std::string(bus_name) + "." + interface;
                       }).at(0));
}

void Daemon::set_property(const std::string& path, const std::string& interface, const std::string& name,
                          const sdbus::Variant& value) {
  send(path, "org.freedesktop.DBus.Properties", "Set",
       [&](sdbus::MethodCall& message) { message << std::string(bus_name) + "." + interface << name << value; });
}

std::vector<std::pair<std::string, Properties>> Daemon::objects(const std::string& interface) {
  std::vector<std::pair<std::string, Properties>> found;
  const Value objects = send(root_path, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", [](auto&) {}).at(0);
  for (std::size_t i = 0; i + 1 < objects.items.size(); i += 2) {
    const std::vector<Value>& interfaces = objects.items[i + 1].items;
    for (std::size_t j = 0; j + 1 < interfaces.size(); j += 2)
      if (interfaces[j].text == std::string(bus_name) + "." + interface)
        found.emplace_back(objects.items[i].text, to_properties(interfaces[j + 1]));
  }
  return found;
}

std::vector<std::pair<std::string, Properties>> Daemon::sessions() {
  auto sessions = objects("Session");
  // A longer path has a higher number.
  std::ranges::sort(sessions, {}, [](const auto& session) { return std::pair(session.first.size(), session.first); });
  return sessions;
}

std::vector<Value> Daemon::send(const std::string& path, const std::string& interface, const std::string& member,
                                const std::function<void(sdbus::MethodCall&)>& write) {
  try {
    const auto proxy = sdbus::createProxy(*connection_, bus_name, path);
    auto message = proxy->createMethodCall(interface, member);
    write(message);
    auto reply = proxy->callMethod(message, timeout_);
    return read_values(reply);
  } catch (const sdbus::Error& error) {
    throw failure_of(error, path);
  }
}

std::string json_of(const Properties& properties) {
  std::string json;
  for (const auto& [name, value] : properties)
    json += (json.empty() ? "{" : ", ") + to_json(name) + ": " + value.to_json();
  return json.empty() ? "{}" : json + "}";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string text_of(const Properties& properties, const std::string& name) {
  const auto found = properties.find(name);
  return found == properties.end() ? "" : found->second.text;
}

std::vector<std::string> texts_of(const Properties& properties, const std::string& name) {
  std::vector<std::string> texts;
  const auto found = properties.find(name);
  if (found == properties.end()) return texts;
  for (const Value& item : found->second.items) texts.push_back(item.text);
  return texts;
}

}  // namespace sipctl
