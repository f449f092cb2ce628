// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <utility>

namespace media {

// A call to be made once, on another thread; unlike std::function it may own what only moves.
class Task {
 public:
  template <typename Call>
  Task(Call call) : held_(std::make_unique<Held<Call>>(std::move(call))) {}

  void operator()() { held_->run(); }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual void run() = 0;
  };
  template <typename Call>
  struct Held : Base {
    explicit Held(Call held) : call(std::move(held)) {}
    void run() override { call(); }
    Call call;
  };

  std::unique_ptr<Base> held_;
};

}  // namespace media
