// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/password.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iostream>
#include <optional>

#include "tools/sipctl/held_signals.h"

namespace sipctl {
namespace {

// The terminal without echo; as it was with the end of this object.
class Hidden {
 public:
  Hidden() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden.c_cc[VSUSP] = _POSIX_VDISABLE;  // who stops us would have a terminal without echo
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
  }
  ~Hidden() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

// What is typed until the end of the line or of the input; nothing when a signal comes.
std::optional<std::string> typed_line(const HeldSignals& signals) {
  std::string line;
  for (;;) {
    std::array<pollfd, 2> polls{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{signals.descriptor(), POLLIN, 0}};
    if (::poll(polls.data(), polls.size(), -1) < 0 || polls[1].revents != 0) return {};
    std::array<char, 512> typed{};
    const ssize_t count = ::read(STDIN_FILENO, typed.data(), typed.size());
    if (count > 0) line.append(typed.data(), static_cast<std::size_t>(count));
    const auto end = line.find('\n');
    if (count <= 0 || end != line.npos) return line.substr(0, end);
  }
}

std::string first_line(std::istream& stream, const std::string& what) {
  std::string line;
  if (!std::getline(stream, line) || line.empty()) throw Failure{refused, "there is no password in " + what};
  if (line.back() == '\r') line.pop_back();
  return line;
}

std::string ask(const std::string& id) {
  std::optional<std::string> line;
  {
    // Nothing may end us before the terminal is as it was.
    const HeldSignals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    const Hidden hidden;
    std::cerr << "Password of " << id << " (empty: none): " << std::flush;
    line = typed_line(signals);
    std::cerr << std::endl;
  }
  // The signal has ended us, unless somebody wants it ignored.
  if (!line) throw Failure{refused, "interrupted"};
  return *line;
}

}  // namespace

std::string password_for(const Command& command) {
  if (!command.password_file.empty()) {
    std::ifstream file(command.password_file);
    if (!file) throw Failure{refused, command.password_file + " cannot be read"};
    return first_line(file, command.password_file);
  }
  if (command.password_stdin) return first_line(std::cin, "standard input");
  return ::isatty(STDIN_FILENO) ? ask(command.account) : "";
}

}  // namespace sipctl
