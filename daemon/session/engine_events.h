// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <variant>

// The notifications of the Engine, named as the API names them.
namespace session {

struct EngineWillStart {};
struct EngineDidStart {};
struct EngineDidFail {
  std::string reason;
};
struct EngineWillEnd {};
struct EngineDidEnd {};
using EngineEvent = std::variant<EngineWillStart, EngineDidStart, EngineDidFail, EngineWillEnd, EngineDidEnd>;

class EngineListener {
 public:
  virtual ~EngineListener() = default;
  virtual void on_engine_event(const EngineEvent& event) = 0;
};

}  // namespace session
