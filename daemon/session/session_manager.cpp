// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/session_manager.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "daemon/session/offer_answer.h"
#include "daemon/session/routes.h"

namespace session {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::Error;

constexpr std::size_t most_null_sessions = 1000;
constexpr std::size_t most_over = 100;
constexpr auto null_limit = 60s;

bool is_active(const Session& session) {
  return session.state() != State::null && session.state() != State::terminated;
}

void log_state(const Session& session, const ChangedState& change) {
  const std::string number = std::to_string(session.number());
  const std::string call_id = session.call_id();
  base::log::info("session changed state", {{"SESSION", number},
                                            {"CALL_ID", call_id},
                                            {"PREV_STATE", to_text(change.prev_state)},
                                            {"STATE", to_text(change.state)}});
}

}  // namespace

SessionManager::SessionManager(Surroundings surroundings, const account::AccountManager& accounts)
    : surroundings_(std::move(surroundings)),
      accounts_(accounts),
      history_(surroundings_.recordings_directory, surroundings_.settings.chat) {}

SessionManager::~SessionManager() = default;

Session& SessionManager::add(const account::Account& account) {
  const std::uint64_t number = next_number_++;
  SessionListener& listener = *this;
  return entries_.try_emplace(number, number, surroundings_, account, listener).first->second.session;
}

Session& SessionManager::create_session(const account::Account& account) {
  if (!account.enabled()) throw Error(Errc::account_disabled, "the account \"" + account.id() + "\" is not enabled");
  if (null_sessions_ >= most_null_sessions)
    throw Error(Errc::limit_reached, "there are 1000 sessions that wait for Connect");
  Session& session = add(account);
  ++null_sessions_;
  remove_later(session.number(), null_limit);
  if (listener_) listener_->on_session_added(session);
  return session;
}

Session& SessionManager::call(const std::string& callee_uri, Streams streams) {
  const account::Account* account = accounts_.default_account();
  if (!account) throw Error(Errc::no_such_account, "there is no default account: set DefaultAccount");
  const std::string callee = completed_callee(callee_uri, account->is_bonjour() ? "" : account->domain());
  Session& session = create_session(*account);
  const std::uint64_t number = session.number();
  // A call that cannot be made leaves nothing behind; the client never learnt of the session.
  struct Undo {
    SessionManager& manager;
    std::uint64_t number;
    bool wanted = true;
    ~Undo() {
      if (wanted) manager.remove_later(number, 0ms);
    }
  } undo{*this, number};
  session.connect(callee, {}, streams);
  undo.wanted = false;
  return session;
}

void SessionManager::release(const Session& session) {
  if (is_active(session))
    throw Error(Errc::invalid_state, "session " + std::to_string(session.number()) + " is " +
                                         std::string(to_text(session.state())) +
                                         ": Release needs NULL or TERMINATED, End comes first");
  remove_later(session.number(), 0ms);
}

std::vector<const Session*> SessionManager::sessions() const {
  std::vector<const Session*> result;
  for (const auto& [number, entry] : entries_)
    if (is_active(entry.session)) result.push_back(&entry.session);
  return result;
}

Session* SessionManager::find(std::uint64_t number) {
  auto at = entries_.find(number);
  return at == entries_.end() ? nullptr : &at->second.session;
}

void SessionManager::remove_later(std::uint64_t number, base::Duration delay) {
  const auto at = entries_.find(number);
  if (at != entries_.end()) at->second.removal.start(delay, [this, number] { remove(number); });
}

void SessionManager::remove(std::uint64_t number) {
  const auto node = entries_.extract(number);
  if (node.empty()) return;
  if (node.mapped().session.state() == State::null) --null_sessions_;
  std::erase(over_, number);
  if (listener_) listener_->on_session_removed(node.mapped().session);
}

void SessionManager::end_all(std::function<void()> ended) {
  ended_ = std::move(ended);
  surroundings_.legs = nullptr;  // nothing new begins
  for (const Session* session : sessions())
    if (after(session->state(), Step::end)) find(session->number())->leave();
  if (surroundings_.active_sessions == 0 && ended_) std::exchange(ended_, nullptr)();
}

void SessionManager::end_sessions_of(const account::Account& account, std::function<void()> ended) {
  ending_accounts_[&account] = std::move(ended);
  for (auto& [number, entry] : entries_) {
    if (&entry.session.account() != &account) continue;
    if (entry.session.state() == State::null) remove_later(number, 0ms);
    if (after(entry.session.state(), Step::end)) entry.session.leave();
  }
  tell_ended(account);
}

bool SessionManager::has_sessions_of(const account::Account& account) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const auto& one) { return &one.second.session.account() == &account; });
}

void SessionManager::tell_ended(const account::Account& account) {
  const auto of_account = [&](const Session* session) { return &session->account() == &account; };
  const auto active = sessions();
  if (std::any_of(active.begin(), active.end(), of_account)) return;
  if (const auto waiting = ending_accounts_.extract(&account)) waiting.mapped()();
}

void SessionManager::lose_address(const std::string& address) {
  for (const Session* session : sessions())
    if (session->local_address() == address)
      find(session->number())->lose("our address " + address + " is gone: the network has changed");
}

void SessionManager::when_idle(std::function<void()> idle) {
  idle_ = std::move(idle);
  if (surroundings_.active_sessions == 0) std::exchange(idle_, nullptr)();
}

void SessionManager::on_invite(std::unique_ptr<sip::Leg> leg, const sip::Invite& invite) {
  if (!surroundings_.legs) return leg->refuse(503, {});
  const account::Account* account = accounts_.find_account(invite.request_user, invite.request_host);
  if (!account) return leg->refuse(404, {});
  if (surroundings_.active_sessions >= static_cast<std::size_t>(*surroundings_.settings.sessions.max))
    return leg->refuse(486, {});
  std::optional<sip::Description> offer;
  if (invite.description) {
    sip::Reading reading = sip::read_description(*invite.description);
    if (!reading.description) return leg->refuse(488, reading.fault);
    const auto& own = account->codec_list();
    const auto& codecs = own.empty() ? *surroundings_.settings.audio.codec_list : own;
    if (acceptable_streams(*reading.description, codecs, surroundings_.chats).empty())
      return leg->refuse(488, "no stream of the offer can be taken");
    offer = std::move(reading.description);
  }
  Session& session = add(*account);
  session.receive(std::move(leg), invite, std::move(offer));
  ++surroundings_.active_sessions;
  if (listener_) listener_->on_session_added(session);
  session.announce();
}

void SessionManager::on_session_event(Session& session, const Event& event) {
  const auto* change = std::get_if<ChangedState>(&event);
  if (change) on_state(session, *change);
  history_.note(session.properties(), event, std::chrono::system_clock::now());
  if (listener_) listener_->on_session_event(session, event);
  if (!std::holds_alternative<DidEnd>(event)) return;
  tell_ended(session.account());
  if (surroundings_.active_sessions != 0) return;
  if (ended_) std::exchange(ended_, nullptr)();
  if (idle_) std::exchange(idle_, nullptr)();
}

void SessionManager::on_state(const Session& session, const ChangedState& change) {
  log_state(session, change);
  const std::uint64_t number = session.number();
  if (change.prev_state == State::null && change.state == State::calling) {
    ++surroundings_.active_sessions;
    --null_sessions_;
    entries_.at(number).removal.stop();
  }
  if (change.state != State::terminated) return;
  --surroundings_.active_sessions;
  over_.push_back(number);
  remove_later(number, std::chrono::seconds(*surroundings_.settings.sessions.linger));
  // They go in the next turn of the loop, and several sessions may end in this one.
  for (std::size_t i = 0; i + most_over < over_.size(); ++i) remove_later(over_[i], 0ms);
}

}  // namespace session
