// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include <sdbus-c++/sdbus-c++.h>

#include "tools/sipctl/value.h"

namespace test {

// What nobody waits for who waits for an answer. A machine with too much to do takes its time, and does nothing wrong.
inline constexpr std::chrono::milliseconds patience{30000};

// One thing that came from the daemon: a signal, or the reply to a call of send().
struct Entry {
  std::string path;
  std::string member;  // of a reply "reply Hold", of an error "error Hold"
  std::vector<sipctl::Value> arguments;

  // SIPSessionDidFail(1234, "remote", 486, "Busy Here")
  std::string text() const;
  // The same without the timestamp, which every signal but those of D-Bus itself has first: what a test compares.
  std::string timeless() const;
};

// A client that keeps, in order, everything that the daemon tells, and its replies. It waits by polling its connection.
class Recorder {
 public:
  explicit Recorder(std::unique_ptr<sdbus::IConnection> connection);

  const std::deque<Entry>& entries() const { return entries_; }
  // Members in order, of this path only if one is given.
  std::vector<std::string> members(const std::string& path = "") const;
  void clear() { entries_.clear(); }

  // Waits for an entry, also one that came before; the first one that fits. Throws, and prints what came, when none
  // does.
  const Entry& wait(const std::string& path, const std::string& member, std::chrono::milliseconds limit = patience);
  const Entry& wait(const std::function<bool(const Entry&)>& fits, const std::string& wanted,
                    std::chrono::milliseconds limit = patience);
  // Takes what came until the daemon has answered: everything that it sent before is an entry then.
  void settle();

  // Calls without waiting: the reply becomes an entry.
  template <typename... Arguments>
  void send(const std::string& path, const std::string& interface, const std::string& member,
            const Arguments&... arguments);
  void set_property(const std::string& path, const std::string& interface, const std::string& property,
                    const sdbus::Variant& value);

  sdbus::IConnection& connection() { return *connection_; }
  // Of the daemon, at the path; on this connection.
  sdbus::IProxy& proxy(const std::string& path);

 private:
  void keep(Entry entry) { entries_.push_back(std::move(entry)); }
  void keep_reply(const std::string& path, const std::string& member, sdbus::Message& reply, const sdbus::Error* error);
  void process(std::chrono::milliseconds limit);

  std::unique_ptr<sdbus::IConnection> connection_;
  std::vector<std::pair<std::string, std::unique_ptr<sdbus::IProxy>>> proxies_;
  std::deque<Entry> entries_;
};

std::ostream& operator<<(std::ostream& out, const Recorder& recorder);

template <typename... Arguments>
void Recorder::send(const std::string& path, const std::string& interface, const std::string& member,
                    const Arguments&... arguments) {
  auto call = proxy(path).createMethodCall(interface, member);
  (void)(call << ... << arguments);
  proxy(path).callMethod(call, [this, path, member](sdbus::MethodReply& reply, const sdbus::Error* error) {
    keep_reply(path, member, reply, error);
  });
}

}  // namespace test
