// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/settings.h"

#include <algorithm>
#include <charconv>
#include <iostream>

namespace sipctl {
namespace {

constexpr const char* settings_path = "/org/sipsession1/Settings";

std::string path_of(Daemon& daemon, const Command& command) {
  return command.account.empty() ? settings_path : account_path(daemon, command.account);
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number result{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), result);
  return fault == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(result)
                                                                                   : std::nullopt;
}

std::optional<bool> flag(const std::string& text) {
  for (const char* yes : {"true", "yes", "on", "1"})
    if (text == yes) return true;
  for (const char* no : {"false", "no", "off", "0"})
    if (text == no) return false;
  return {};
}

std::vector<std::string> items(const std::string& text) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    list.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return list;
}

using PortRange = sdbus::Struct<std::uint16_t, std::uint16_t>;
using Sound = sdbus::Struct<std::string, std::uint32_t>;

std::optional<PortRange> port_range(const std::string& text) {
  const auto colon = std::min(text.find(':'), text.size() - 1);
  const auto first = number<std::uint16_t>(std::string_view(text).substr(0, colon));
  const auto last = number<std::uint16_t>(std::string_view(text).substr(colon + 1));
  return first && last ? std::optional(PortRange(*first, *last)) : std::nullopt;
}

Sound sound(const std::string& text) {
  const auto comma = text.rfind(',');
  const auto volume = comma == text.npos ? std::nullopt : number<std::uint32_t>(text.substr(comma + 1));
  return volume ? Sound(text.substr(0, comma), *volume) : Sound(text, 100);
}

template <typename Type>
sdbus::Variant checked(const std::string& name, const std::optional<Type>& value, const std::string& wanted) {
  if (!value) throw Failure{usage, name + " needs " + wanted};
  return sdbus::Variant(*value);
}

std::string type_of(Daemon& daemon, const std::string& path, const std::string& name) {
  const Value described = daemon.call(path, "SettingsObject", "DescribeSettings").at(0);
  for (const Value& one : described.items)
    if (one.items.at(0).text == name) return one.items.at(1).text;
  throw Failure{refused, "there is no setting \"" + name + "\""};
}

}  // namespace

std::string account_path(Daemon& daemon, const std::string& id) {
  return daemon.call(account_manager_path, "AccountManager", "GetAccount", id).at(0).text;
}

sdbus::Variant to_variant(const std::string& name, const std::string& type, const std::string& text) {
  if (type == "b") return checked(name, flag(text), "true or false");
  if (type == "i") return checked(name, number<std::int32_t>(text), "a number");
  if (type == "q") return checked(name, number<std::uint16_t>(text), "a port");
  if (type == "as") return sdbus::Variant(items(text));
  if (type == "(qq)") return checked(name, port_range(text), "two ports, as 50000:50400");
  if (type == "(su)") return sdbus::Variant(sound(text));
  return sdbus::Variant(text);
}

void set_setting(Daemon& daemon, const std::string& path, const std::string& name, const sdbus::Variant& value) {
  daemon.call(path, "SettingsObject", "SetSetting", name, value);
}

void save(Daemon& daemon, const std::string& path) { daemon.call(path, "SettingsObject", "Save"); }

void list_settings(const Options& options, const Command& command) {
  Daemon daemon(options);
  const Value settings = daemon.call(path_of(daemon, command), "SettingsObject", "GetSettings").at(0);
  if (options.json) {
    std::cout << settings.to_json() << std::endl;
    return;
  }
  for (std::size_t i = 0; i + 1 < settings.items.size(); i += 2)
    std::cout << settings.items[i].text << " = " << settings.items[i + 1].to_text() << "\n";
}

void get_setting(const Options& options, const Command& command) {
  Daemon daemon(options);
  const Value value = daemon.call(path_of(daemon, command), "SettingsObject", "GetSetting", command.name).at(0);
  std::cout << (options.json ? value.to_json() : value.to_text()) << std::endl;
}

void set_setting(const Options& options, const Command& command) {
  // What stands on a command line is seen by everybody on the machine.
  if (command.name == "password")
    throw Failure{usage, "a password is no argument: use sipctl account password " + command.account};
  Daemon daemon(options);
  const std::string path = path_of(daemon, command);
  set_setting(daemon, path, command.name, to_variant(command.name, type_of(daemon, path, command.name), command.value));
  save(daemon, path);
}

void reset_setting(const Options& options, const Command& command) {
  Daemon daemon(options);
  const std::string path = path_of(daemon, command);
  daemon.call(path, "SettingsObject", "ResetSetting", command.name);
  save(daemon, path);
}

}  // namespace sipctl
