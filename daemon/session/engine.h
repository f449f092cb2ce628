// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/trace.h"
#include "daemon/account/account_manager.h"
#include "daemon/session/engine_events.h"
#include "daemon/session/session_manager.h"

namespace media {
class Engine;
}
namespace sip {
class RegistrarFactory;
class Stack;
}  // namespace sip

namespace session {

struct AudioDevice {
  std::string id;
  std::string name;
  std::string device_class;
};

// The Engine of the API: starts and stops SIP, and with it the accounts and sessions.
class Engine {
 public:
  Engine(base::Loop& loop, const config::GeneralSettings& settings, account::AccountManager& accounts,
         SessionManager& sessions, const media::Engine& sound, base::Trace& trace, std::string data_directory);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void set_listener(EngineListener& listener) { listener_ = &listener; }

  // Already running: nothing happens. A port that is taken is told by EngineDidFail.
  void start();
  // Sessions end first; calls back when all is done, after 5 s at most.
  void stop(std::function<void()> stopped);
  // Reads the files of TLS again, for connections to come. What cannot be read is logged, and the old ones stay.
  void reload_certificates();
  void trace_did_change();  // it is wanted now, or no more
  // Takes the registrations back, calls when that is done or was in vain, and makes no new ones before wake().
  void fall_asleep(std::function<void()> ready);
  void wake();
  // Some of our addresses have gone, or others have come: SIP starts anew as soon as no call is left.
  void addresses_did_change(const std::set<std::string>& lost);

  bool is_running() const { return stack_ != nullptr; }
  std::string user_agent() const;
  static std::string version();
  std::vector<std::string> local_uris() const;  // one per listening transport
  std::vector<AudioDevice> audio_input_devices() const;
  std::vector<AudioDevice> audio_output_devices() const;
  std::string audio_input_device() const;  // really in use by default; "none" when there is nothing else
  std::string audio_output_device() const;
  std::vector<std::string> audio_codecs() const;

  // Where the accounts register, null while SIP does not run; where they can be reached; for their manager.
  sip::RegistrarFactory* registrars() const;
  std::vector<std::string> transports() const;
  std::string contact_uri(const std::string& user, const std::string& transport) const;
  std::string local_address() const;
  // Whether SIP can leave from our address towards this one.
  bool reaches(const std::string& address) const;

 private:
  void tell(const EngineEvent& event);
  void leave();
  void restart();
  void begin_stop();
  void shut_down();
  void finish();

  base::Loop& loop_;
  const config::GeneralSettings& settings_;
  account::AccountManager& accounts_;
  SessionManager& sessions_;
  const media::Engine& sound_;
  const std::string data_directory_;
  EngineListener* listener_ = nullptr;
  std::unique_ptr<sip::Stack> stack_;
  bool asleep_ = false;  // the accounts wait, also when SIP starts anew meanwhile
  bool wanted_ = false;  // after it stops it starts again, and when it could not start it tries again
  enum class Stopping { no, calls, stack } stopping_ = Stopping::no;
  std::vector<std::function<void()>> stopped_;  // whoever waits for stop(); not empty: it is under way
  base::Timer limit_;
};

}  // namespace session
