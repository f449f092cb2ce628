// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stdexcept>
#include <string>

namespace base {

// Why a request was refused: one code for each error name on the bus, in the order of dbus/errors.cpp.
enum class Errc {
  invalid_state,
  no_such_account,
  no_such_stream,
  invalid_uri,
  invalid_argument,
  account_exists,
  account_disabled,
  account_incomplete,
  no_transport,
  dns_failure,
  media_failure,
  chat_failure,
  file_failure,
  config_failure,
  engine_not_running,
  limit_reached,
  failed,
};

// A refused request: nothing was changed. The sentence names the object, what was asked and what is allowed.
class Error : public std::runtime_error {
 public:
  Error(Errc code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}

  Errc code() const { return code_; }

 private:
  Errc code_;
};

}  // namespace base
