// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/account/account_manager.h"
#include "daemon/session/history.h"
#include "daemon/session/session.h"
#include "daemon/sip/leg.h"

namespace session {

class SessionManagerListener {
 public:
  virtual ~SessionManagerListener() = default;
  // The session is complete: an incoming one is INCOMING, a created one NULL.
  virtual void on_session_added(Session& session) = 0;
  virtual void on_session_event(Session& session, const Event& event) = 0;
  virtual void on_session_removed(const Session& session) = 0;
};

// Owns all sessions, from their creation until the end of their linger, and decides whose an INVITE is.
class SessionManager : public sip::InviteListener, private SessionListener {
 public:
  SessionManager(Surroundings surroundings, const account::AccountManager& accounts);
  ~SessionManager() override;

  void set_listener(SessionManagerListener& listener) { listener_ = &listener; }
  // SIP came up, or is gone (null).
  void set_legs(sip::LegFactory* legs) { surroundings_.legs = legs; }

  // A new session in state NULL. Error{account_disabled, limit_reached}.
  Session& create_session(const account::Account& account);
  // create_session and connect in one, on the default account; the callee may be a bare user or a number.
  Session& call(const std::string& callee_uri, Streams streams);
  // Takes a NULL or TERMINATED session away, else Error{invalid_state}.
  void release(const Session& session);

  // Neither NULL nor TERMINATED, in the order of creation.
  std::vector<const Session*> sessions() const;
  // Null when there is no such session (any more).
  Session* find(std::uint64_t number);

  // Ends all sessions and calls back when all are TERMINATED.
  void end_all(std::function<void()> ended);
  // The same for those of one account, to which no further ones come. Those that are over linger.
  void end_sessions_of(const account::Account& account, std::function<void()> ended);
  bool has_sessions_of(const account::Account& account) const;  // those that linger, too

  // The address is ours no more: calls over it end with a reason.
  void lose_address(const std::string& address);
  // Calls back once, when no session is active: perhaps at once. The last who asks is called.
  void when_idle(std::function<void()> idle);

  void on_invite(std::unique_ptr<sip::Leg> leg, const sip::Invite& invite) override;

 private:
  struct Entry {
    Entry(std::uint64_t number, Surroundings& surroundings, const account::Account& account, SessionListener& listener)
        : session(number, surroundings, account, listener), removal(surroundings.scheduler) {}
    Session session;
    base::Timer removal;
  };

  void on_session_event(Session& session, const Event& event) override;
  void on_state(const Session& session, const ChangedState& change);
  void tell_ended(const account::Account& account);
  Session& add(const account::Account& account);
  void remove(std::uint64_t number);
  void remove_later(std::uint64_t number, base::Duration delay);

  Surroundings surroundings_;
  const account::AccountManager& accounts_;
  History history_;
  SessionManagerListener* listener_ = nullptr;
  std::map<std::uint64_t, Entry> entries_;
  std::deque<std::uint64_t> over_;  // TERMINATED, the oldest first
  std::uint64_t next_number_ = 1;
  std::size_t null_sessions_ = 0;
  std::function<void()> ended_;
  std::map<const account::Account*, std::function<void()>> ending_accounts_;
  std::function<void()> idle_;
};

}  // namespace session
