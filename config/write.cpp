// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/write.h"

#include <cstdio>

namespace config {
namespace {

struct ToFile {
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int32_t number) const { return std::to_string(number); }
  std::string operator()(std::uint16_t port) const { return std::to_string(port); }
  std::string operator()(const std::string& text) const { return quoted_for_file(text); }
  std::string operator()(const std::vector<std::string>& list) const {
    std::string line;
    for (const std::string& text : list) line += (line.empty() ? "" : ", ") + quoted_for_file(text);
    return "[" + line + "]";
  }
  std::string operator()(const Ports& ports) const {
    return quoted_for_file(std::to_string(ports.start) + ":" + std::to_string(ports.end));
  }
  std::string operator()(const Sound& sound) const {
    return quoted_for_file(sound.file.empty() ? "" : sound.file + "," + std::to_string(sound.volume));
  }
};

}  // namespace

std::string quoted_for_file(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    char escape[8];
    if (c == '"' || c == '\\')
      quoted += {'\\', c};
    else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
      quoted += c;
    else
      quoted.append(escape, static_cast<std::size_t>(std::snprintf(escape, sizeof escape, "\\x%02x", c & 0xff)));
  }
  return quoted + "\"";
}

std::string to_file(const Value& value) { return std::visit(ToFile{}, value); }

}  // namespace config
