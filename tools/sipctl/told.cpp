// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/told.h"

#include <array>
#include <chrono>
#include <ctime>
#include <iostream>

namespace sipctl {
namespace {

std::string joined(const std::vector<Value>& values, std::string (Value::*text)() const) {
  std::string result;
  for (const Value& value : values) result += (result.empty() ? "" : ", ") + (value.*text)();
  return result;
}

}  // namespace

std::uint64_t now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

// Ours say when they were sent; those of D-Bus itself came now.
Told read_told(sdbus::Message& message) {
  Told told{now(), message.getPath(), message.getInterfaceName(), message.getMemberName(), read_values(message)};
  const bool ours = told.interface.starts_with("org.sipsession1.");
  if (ours && !told.arguments.empty() && told.arguments.front().type == 't') {
    told.time = std::stoull(told.arguments.front().text);
    told.arguments.erase(told.arguments.begin());
  }
  return told;
}

void print(const Options& options, const Told& told) {
  if (options.json) {
    std::cout << "{\"time\": " << told.time << ", \"path\": " << to_json(told.path)
              << ", \"interface\": " << to_json(told.interface) << ", \"member\": " << to_json(told.member)
              << ", \"arguments\": [" << joined(told.arguments, &Value::to_json) << "]}" << std::endl;
    return;
  }
  const std::string path =
      told.path.starts_with(root_path) ? told.path.substr(std::string(root_path).size()) : told.path;
  const std::string fraction = std::to_string(1000000 + told.time % 1000000).substr(1);
  std::cout << clock_time(told.time, "%F %T") << "." << fraction << "  " << (path.empty() ? "/" : path) << "  "
            << told.member << "(" << joined(told.arguments, &Value::to_text) << ")" << std::endl;
}

std::string clock_time(std::uint64_t time, const char* format) {
  const auto seconds = static_cast<std::time_t>(time / 1000000);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

}  // namespace sipctl
