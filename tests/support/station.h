// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/recorder.h"

namespace test {

struct StationSettings {
  std::string user = "bob";
  std::string address = "127.0.0.1";
  std::string input = "none";  // device: none, tone:440
  std::string audio = "";      // further lines of the group audio
  std::string more = "";       // further groups
  std::map<std::string, std::string> environment = {};
  std::vector<std::string> options = {};
  int errors = -1;  // takes what it logs; -1: ours
};

// A daemon on a bus of its own, with a client that sees everything. Its account is the one without a registrar.
class Station {
 public:
  explicit Station(const StationSettings& settings = {});
  // Ends the daemon, and keeps for faulty_ends() if it did not end well.
  ~Station();

  std::uint16_t port(const std::string& transport = "udp") const;
  // sip:bob@127.0.0.1:5060
  std::string uri(const std::string& transport = "udp") const;

  // A session that calls; its path.
  std::string call(const std::string& uri,
                   const std::vector<sdbus::Struct<std::string, std::uint16_t, std::string>>& routes = {});
  // The path of the next session that was called and was not asked for before.
  std::string called();
  void accept(const std::string& session) { act(session, "Accept", std::vector<std::string>{"audio"}); }
  void end(const std::string& session) { act(session, "End", false); }
  template <typename... Arguments>
  void act(const std::string& session, const std::string& method, const Arguments&... arguments) {
    client.call(session, "Session", method, arguments...);
  }
  template <typename Type>
  Type property(const std::string& session, const std::string& name) {
    return client.get<Type>(session, "Session", name);
  }

  // Waits for the n-th such line of the session's story.
  void wait(const std::string& session, const std::string& line, unsigned count = 1,
            std::chrono::milliseconds limit = patience);
  // Waits until so, looking again and again; for what no signal tells.
  void until(const std::function<bool()>& true_now, const std::string& what,
             std::chrono::milliseconds limit = patience);
  // What the signals of the session told, each as "ChangedState NULL CALLING". GotNoAudio is left out: how long a peer
  // without sound takes is no part of a story.
  std::vector<std::string> story(const std::string& session) const;

  PrivateBus bus;
  DaemonProcess daemon;
  Recorder recorder;
  Client client;

 private:
  std::string user_;
  std::vector<std::string> uris_;
  std::size_t calls_seen_ = 0;
};

// What any daemon of a Station ended with that is not 0, a line for each.
const std::string& faulty_ends();

using Routes = std::vector<sdbus::Struct<std::string, std::uint16_t, std::string>>;

std::string line_of(const Entry& entry);

// Whether the story is this one, and whether each property was announced before the signal that tells of it; nothing,
// or what is wrong with it. Waits for the last line first.
std::string fault_of_story(Station& station, const std::string& session, const std::vector<std::string>& expected);

}  // namespace test
