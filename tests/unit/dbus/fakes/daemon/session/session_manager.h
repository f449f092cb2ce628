// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <memory>

#include "daemon/account/account.h"
#include "daemon/session/session.h"

namespace session {

class SessionManagerListener {
 public:
  virtual ~SessionManagerListener() = default;
  virtual void on_session_added(Session& session) = 0;
  virtual void on_session_event(Session& session, const Event& event) = 0;
  virtual void on_session_removed(const Session& session) = 0;
};

// Stands for the SessionManager of the daemon.
class SessionManager {
 public:
  Session& create_session(account::Account& account) {
    Session& session = add();
    session.fake.account = account.id();
    listener->on_session_added(session);
    return session;
  }
  // "incoming" makes an incoming call, so that a test needs nothing but the bus.
  Session& call(const std::string& callee_uri, Streams streams) {
    Session& session = add();
    if (callee_uri == "incoming") {
      session.fake.direction = "incoming";
      session.fake.proposed_streams = streams;
      session.fake.remote_display_name = "Eve\x1b[31m\xff";
      session.fake.state = State::incoming;
      listener->on_session_added(session);
      session.tell(ChangedState{State::null, State::incoming});
      session.tell(NewIncoming{streams});
    } else {
      listener->on_session_added(session);
      session.connect(callee_uri, {}, streams);
      session.fake.streams = streams;
      session.fake.proposed_streams = {};
      session.step(State::established);
    }
    return session;
  }
  void release(Session& session) {
    if (session.state() != State::null && session.state() != State::terminated)
      throw base::Error(base::Errc::invalid_state, "only a NULL or TERMINATED session is released");
    const auto kept = sessions_.extract(session.number());
    listener->on_session_removed(session);
  }
  std::vector<const Session*> sessions() const {
    std::vector<const Session*> result;
    for (const auto& [number, session] : sessions_)
      if (session->state() != State::null && session->state() != State::terminated) result.push_back(session.get());
    return result;
  }

  SessionManagerListener* listener = nullptr;

 private:
  Session& add() {
    const std::uint64_t number = ++last_;
    auto session = std::make_unique<Session>(
        number, [this](Session& told, const Event& event) { listener->on_session_event(told, event); });
    return *(sessions_[number] = std::move(session));
  }

  std::map<std::uint64_t, std::unique_ptr<Session>> sessions_;
  std::uint64_t last_ = 0;
};

}  // namespace session
