// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sdbus-c++/sdbus-c++.h>

#include "tools/sipctl/value.h"

namespace sipctl {

inline constexpr const char* bus_name = "org.sipsession1";
inline constexpr const char* root_path = "/org/sipsession1";

enum ExitCode { success = 0, refused = 1, usage = 2, absent = 3, undelivered = 4 };

// Why a command did not do what it was asked: one sentence and the exit code.
struct Failure {
  ExitCode code;
  std::string sentence;
};

// What every command is told.
struct Options {
  bool json = false;
  bool system = false;
  std::string bus_address;  // wins over `system`
  double timeout = 25;      // seconds, of one request
};

using Properties = std::map<std::string, Value>;

// The daemon as a client sees it. Interfaces are named without their prefix. What is refused is thrown as a Failure.
class Daemon {
 public:
  explicit Daemon(const Options& options);

  // The results, in order.
  template <typename... Arguments>
  std::vector<Value> call(const std::string& path, const std::string& interface, const std::string& member,
                          const Arguments&... arguments) {
    return send(path, std::string(bus_name) + "." + interface, member,
                [&](sdbus::MethodCall& message) { (void)(message << ... << arguments); });
  }
  Properties properties(const std::string& path, const std::string& interface);
  void set_property(const std::string& path, const std::string& interface, const std::string& name,
                    const sdbus::Variant& value);
  // Every object with this interface, by its path.
  std::vector<std::pair<std::string, Properties>> objects(const std::string& interface);
  // The sessions by path, in the order of their numbers.
  std::vector<std::pair<std::string, Properties>> sessions();

  sdbus::IConnection& connection() { return *connection_; }

 private:
  std::vector<Value> send(const std::string& path, const std::string& interface, const std::string& member,
                          const std::function<void(sdbus::MethodCall&)>& write);

  std::chrono::microseconds timeout_;
  std::unique_ptr<sdbus::IConnection> connection_;
};

std::unique_ptr<sdbus::IConnection> connect(const Options& options);

std::string json_of(const Properties& properties);
// The text with blanks up to this width.
std::string padded(std::string text, std::size_t width);

// The text of a property; "" if there is none.
std::string text_of(const Properties& properties, const std::string& name);
std::vector<std::string> texts_of(const Properties& properties, const std::string& name);

}  // namespace sipctl
