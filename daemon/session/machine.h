// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <optional>
#include <string_view>

// The states of a session and every way between them. Nothing else decides which state follows.
namespace session {

enum class State {
  null,
  calling,
  incoming,
  accepting,
  established,
  proposing,
  proposed,
  terminating,
  terminated,
};
constexpr std::size_t state_count = 9;

enum class Step {
  connect,           // we call
  invite,            // we are called
  accept,            // the client takes the call
  confirm,           // the ACK was sent or came
  propose,           // the client adds a stream
  receive_proposal,  // the peer adds a stream
  settle,            // the proposal was accepted, rejected, cancelled or timed out
  reject,            // the client declines the call
  end,               // the client ends the session
  finish,            // the SIP side is done: by the peer, by failure, or after end and reject
};
constexpr std::size_t step_count = 10;

struct Row {
  State from;
  Step step;
  State to;
};

inline constexpr std::array rows{
    Row{State::null, Step::connect, State::calling},
    Row{State::null, Step::invite, State::incoming},
    Row{State::calling, Step::confirm, State::established},
    Row{State::calling, Step::end, State::terminating},
    Row{State::calling, Step::finish, State::terminated},
    Row{State::incoming, Step::accept, State::accepting},
    Row{State::incoming, Step::reject, State::terminating},
    Row{State::incoming, Step::end, State::terminating},
    Row{State::incoming, Step::finish, State::terminated},
    Row{State::accepting, Step::confirm, State::established},
    Row{State::accepting, Step::end, State::terminating},
    Row{State::accepting, Step::finish, State::terminated},
    Row{State::established, Step::propose, State::proposing},
    Row{State::established, Step::receive_proposal, State::proposed},
    Row{State::established, Step::end, State::terminating},
    Row{State::established, Step::finish, State::terminated},
    Row{State::proposing, Step::settle, State::established},
    Row{State::proposing, Step::receive_proposal, State::proposed},
    Row{State::proposing, Step::end, State::terminating},
    Row{State::proposing, Step::finish, State::terminated},
    Row{State::proposed, Step::settle, State::established},
    Row{State::proposed, Step::end, State::terminating},
    Row{State::proposed, Step::finish, State::terminated},
    Row{State::terminating, Step::finish, State::terminated},
};

// The state that follows, or nothing when the step is not allowed there.
constexpr std::optional<State> after(State from, Step step) {
  for (const Row& row : rows)
    if (row.from == from && row.step == step) return row.to;
  return {};
}

// The text on the bus: NULL, CALLING and so on.
constexpr std::string_view to_text(State state) {
  constexpr std::array<std::string_view, state_count> names{
      "NULL", "CALLING", "INCOMING", "ACCEPTING", "ESTABLISHED", "PROPOSING", "PROPOSED", "TERMINATING", "TERMINATED"};
  return names[static_cast<std::size_t>(state)];
}

constexpr std::string_view to_text(Step step) {
  constexpr std::array<std::string_view, step_count> names{"connect",          "invite", "accept", "confirm", "propose",
                                                           "receive_proposal", "settle", "reject", "end",     "finish"};
  return names[static_cast<std::size_t>(step)];
}

}  // namespace session
