// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/loop.h"

namespace account {

// So that a thousand accounts do not ask one registrar at once: only so many have their turn at a time at each server,
// the others wait in line. How fast the line moves is up to the server that answers.
class Turns {
 public:
  class Turn;

  // It must outlive the turns that it gave.
  explicit Turns(base::Scheduler& scheduler, std::size_t most = 20) : timer_(scheduler), most_(most) {}

  // A turn at the server, or a place in the line; `come` is called, later, when a place becomes a turn. Destroying it
  // gives it back.
  std::unique_ptr<Turn> ask(const std::string& server, std::function<void()> come);

 private:
  struct Line {
    std::size_t taken = 0;
    std::deque<Turn*> waiting;
  };

  void give_back(const Turn& turn);
  void call_next();

  base::Timer timer_;
  const std::size_t most_;
  std::map<std::string, Line> lines_;
};

class Turns::Turn {
 public:
  Turn(Turns& turns, std::string server, std::function<void()> come)
      : turns_(turns), server_(std::move(server)), come_(std::move(come)) {}
  ~Turn() { turns_.give_back(*this); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  const std::string& server() const { return server_; }
  // Whether it is one already.
  bool has_come() const { return has_come_; }

 private:
  friend class Turns;

  Turns& turns_;
  const std::string server_;
  const std::function<void()> come_;
  bool has_come_ = false;
};

}  // namespace account
