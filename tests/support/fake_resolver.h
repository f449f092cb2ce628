// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sip/resolver.h"

// Keeps each lookup until the test answers it.
class FakeResolver : public sip::Resolver {
 public:
  // One question, which outlives its Lookup.
  struct Question {
    std::string uri;
    std::vector<std::string> transports;
    std::function<void(const sip::Found&)> done;
    bool held = true;  // somebody still waits

    // Tells nobody when the lookup was taken back.
    void answer(const std::vector<sip::Route>& routes) { tell({routes, {}}); }
    void fail(const std::string& fault) { tell({{}, fault}); }
    void tell(const sip::Found& found) {
      if (const auto call = std::exchange(done, nullptr); call && held) call(found);
    }
  };

  std::unique_ptr<sip::Lookup> look_up(const sip::Uri& uri, const std::vector<std::string>& transports,
                                       std::function<void(const sip::Found&)> done) override {
    questions.push_back(std::make_shared<Question>(Question{uri.to_text(), transports, std::move(done)}));
    return std::make_unique<Held>(questions.back());
  }

  std::vector<std::shared_ptr<Question>> questions;  // the oldest first

 private:
  struct Held : sip::Lookup {
    explicit Held(std::shared_ptr<Question> asked) : question(std::move(asked)) {}
    ~Held() override { question->held = false; }
    const std::shared_ptr<Question> question;
  };
};
