// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <sdbus-c++/IConnection.h>
#include <sdbus-c++/IProxy.h>

#include "base/loop.h"

namespace host {

// Passwords in the Secret Service of the session (org.freedesktop.secrets), each an item of the default collection with
// the id of its account as attribute. Nothing here waits: all answers come by the loop.
// A service that is locked is asked to unlock: once by us, until it was unlocked, and whenever somebody stores a
// password. It may ask the user then; there is one question at a time.
class SecretStore {
 public:
  enum class Outcome { done, absent, failed };
  using Stored = std::function<void(Outcome, const std::string& why)>;
  // What was not found because of `why` may come later: `changed` tells. Those that are locked are there.
  using Found = std::function<void(Outcome, const std::map<std::string, std::string>& passwords,
                                   const std::set<std::string>& locked, const std::string& why)>;

  // `changed` is called when it came, or something in it may be readable that was not.
  SecretStore(base::Scheduler& scheduler, sdbus::IConnection& connection, std::function<void()> changed);

  void store(const std::string& account, const std::string& password, const Stored& stored);
  void forget(const std::string& account);
  void look_up(const std::vector<std::string>& accounts, const Found& found);

 private:
  struct Search;

  // Calls with the path of our session; an empty one: there is none, and why.
  using Opened = std::function<void(const sdbus::ObjectPath& session, Outcome outcome, const std::string& why)>;
  // Why it is still locked; empty: it is not.
  using Unlocked = std::function<void(const std::string& fault)>;
  void open(const Opened& opened);
  void unlock_and_create(const std::string& account, const std::string& password, const Stored& stored);
  void create(const std::string& account, const std::string& password, bool may_ask, const Stored& stored);
  void search(const std::string& account, const std::shared_ptr<Search>& search);
  void read(const std::shared_ptr<Search>& search);
  void finish(const std::shared_ptr<Search>& search);
  void unlock(const std::vector<sdbus::ObjectPath>& objects, const Unlocked& unlocked);
  void unlock_ended(const std::string& fault);
  void answer_waiting(const std::string& fault);
  void on_signal(sdbus::Message& signal);
  void on_owner(sdbus::Message& signal);
  sdbus::IProxy& at(const std::string& path);

  sdbus::IConnection& connection_;
  std::function<void()> changed_;
  std::map<std::string, std::unique_ptr<sdbus::IProxy>> proxies_;
  std::string session_;
  bool unlocking_ = false;
  bool asked_by_us_ = false;  // since it was unlocked
  std::string prompt_;        // the question that is put to the user
  std::string refusal_;       // why it was not unlocked when it was asked last
  std::vector<Unlocked> waiting_;
  base::Timer longest_wait_;
  base::Timer next_look_;
  std::vector<sdbus::Slot> matches_;
};

}  // namespace host
