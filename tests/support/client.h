// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include <sdbus-c++/sdbus-c++.h>

// What a test asks of the daemon and waits for. A refusal is thrown as sdbus::Error.
namespace test {

inline constexpr const char* engine_path = "/org/sipsession1/Engine";
inline constexpr const char* session_manager_path = "/org/sipsession1/SessionManager";
inline constexpr const char* account_manager_path = "/org/sipsession1/AccountManager";
inline constexpr const char* settings_path = "/org/sipsession1/Settings";

using Dictionary = std::map<std::string, sdbus::Variant>;
using ManagedObjects = std::map<sdbus::ObjectPath, std::map<std::string, Dictionary>>;

class Client {
 public:
  explicit Client(sdbus::IConnection& connection) : connection_(connection) {}

  // "Session" stands for org.sipsession1.Session.
  template <typename Result = void, typename... Arguments>
  Result call(const std::string& path, const std::string& interface, const std::string& member,
              const Arguments&... arguments) {
    const auto proxy = sdbus::createProxy(connection_, "org.sipsession1", path);
    auto call = proxy->createMethodCall("org.sipsession1." + interface, member);
    (void)(call << ... << arguments);
    auto reply = proxy->callMethod(call);
    if constexpr (!std::is_void_v<Result>) {
      Result result;
      reply >> result;
      return result;
    }
  }

  template <typename Type>
  Type get(const std::string& path, const std::string& interface, const std::string& property) {
    const auto proxy = sdbus::createProxy(connection_, "org.sipsession1", path);
    const sdbus::Variant value = proxy->getProperty(property).onInterface("org.sipsession1." + interface);
    return value.get<Type>();
  }
  template <typename Type>
  void set(const std::string& path, const std::string& interface, const std::string& property, const Type& value) {
    const auto proxy = sdbus::createProxy(connection_, "org.sipsession1", path);
    proxy->setProperty(property).onInterface("org.sipsession1." + interface).toValue(value);
  }

  std::string state(const std::string& session) { return get<std::string>(session, "Session", "State"); }
  sdbus::ObjectPath create_session(const sdbus::ObjectPath& account = "/") {
    return call<sdbus::ObjectPath>(session_manager_path, "SessionManager", "CreateSession", account);
  }
  sdbus::ObjectPath call_out(const std::string& callee_uri, const std::vector<std::string>& streams = {"audio"}) {
    return call<sdbus::ObjectPath>(session_manager_path, "SessionManager", "Call", callee_uri, streams);
  }
  ManagedObjects managed_objects();
  // The name of the error that the call ends with, without its prefix; "" for success.
  template <typename Call>
  static std::string error_of(Call&& call) {
    try {
      call();
    } catch (const sdbus::Error& error) {
      return error.getName().substr(error.getName().rfind('.') + 1);
    }
    return "";
  }

 private:
  sdbus::IConnection& connection_;
};

inline ManagedObjects Client::managed_objects() {
  ManagedObjects objects;
  const auto proxy = sdbus::createProxy(connection_, "org.sipsession1", "/org/sipsession1");
  proxy->callMethod("GetManagedObjects").onInterface("org.freedesktop.DBus.ObjectManager").storeResultsTo(objects);
  return objects;
}

}  // namespace test
