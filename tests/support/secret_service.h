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

// As much of a Secret Service (org.freedesktop.secrets) as a daemon needs, on a bus, in a thread of its own.
class SecretService {
 public:
  // What the user says who is asked to unlock it; nothing: before answer() it is not said.
  enum class Answer { no, yes, nothing };

  // It has these passwords, by account, when it comes to the bus.
  explicit SecretService(const PrivateBus& bus, const std::map<std::string, std::string>& passwords = {});
  ~SecretService();
  SecretService(const SecretService&) = delete;
  SecretService& operator=(const SecretService&) = delete;

  void set_locked(bool locked);
  void set_answer(Answer answer) { answer_ = answer; }
  // To the question that is open.
  void answer(Answer answer);
  // How often the user was asked.
  unsigned questions() const { return questions_; }
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
  std::unique_ptr<sdbus::IObject> prompt_;
  mutable std::mutex mutex_;
  std::map<std::string, Item> items_;
  std::atomic<bool> locked_ = false;
  std::atomic<Answer> answer_ = Answer::no;
  std::atomic<unsigned> questions_ = 0;
  unsigned last_ = 0;
};

}  // namespace test
