// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <sdbus-c++/sdbus-c++.h>

#include "tests/support/private_bus.h"

namespace test {

// As much of a Secret Service (org.freedesktop.secrets) as a daemon needs, on a bus, in a thread of its own. It asks
// nobody: what is locked stays so until set_locked(false).
class SecretService {
 public:
  explicit SecretService(const PrivateBus& bus);
  ~SecretService();
  SecretService(const SecretService&) = delete;
  SecretService& operator=(const SecretService&) = delete;

  void set_locked(bool locked);
  void add(const std::string& account, const std::string& password);
  // By account.
  std::map<std::string, std::string> passwords() const;

 private:
  using Attributes = std::map<std::string, std::string>;
  using Paths = std::vector<sdbus::ObjectPath>;
  using Bytes = std::vector<std::uint8_t>;
  using Secret = sdbus::Struct<sdbus::ObjectPath, Bytes, Bytes, std::string>;
  struct Item {
    std::string account;
    std::string password;
    std::unique_ptr<sdbus::IObject> object;
  };

  Paths search(const Attributes& wanted) const;
  sdbus::ObjectPath create(const std::string& account, const std::string& password);

  std::unique_ptr<sdbus::IConnection> connection_;
  std::unique_ptr<sdbus::IObject> service_;
  std::unique_ptr<sdbus::IObject> collection_;
  mutable std::mutex mutex_;
  std::map<std::string, Item> items_;
  std::atomic<bool> locked_ = false;
  unsigned last_ = 0;
};

}  // namespace test
