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

namespace host {

// Passwords in the Secret Service of the session (org.freedesktop.secrets), each an item of the default collection with
// the id of its account as attribute. Nothing here waits: all answers come by the loop. No prompt is ever shown.
class SecretStore {
 public:
  enum class Outcome { done, absent, failed };
  using Stored = std::function<void(Outcome, const std::string& why)>;
  using Found = std::function<void(Outcome, const std::map<std::string, std::string>& passwords,
                                   const std::set<std::string>& locked)>;

  // `changed` is called when it came, or something in it may be readable that was not.
  SecretStore(sdbus::IConnection& connection, std::function<void()> changed);

  void store(const std::string& account, const std::string& password, const Stored& stored);
  void forget(const std::string& account);
  void look_up(const std::vector<std::string>& accounts, const Found& found);

 private:
  struct Search;

  // Calls with the path of our session; an empty one: there is none, and why.
  using Opened = std::function<void(const sdbus::ObjectPath& session, Outcome outcome, const std::string& why)>;
  void open(const Opened& opened);
  void search(const std::string& account, const std::shared_ptr<Search>& search);
  void read(const std::shared_ptr<Search>& search);
  sdbus::IProxy& at(const std::string& path);

  sdbus::IConnection& connection_;
  std::function<void()> changed_;
  std::map<std::string, std::unique_ptr<sdbus::IProxy>> proxies_;
  std::string session_;
  std::vector<sdbus::Slot> matches_;
};

}  // namespace host
