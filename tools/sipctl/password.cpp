// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/password.h"

#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

namespace sipctl {
namespace {

constexpr char interrupt = 3;  // Control-C, which is a character like others here

// The terminal without echo; as it was with the end of this object.
class Hidden {
 public:
  Hidden() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios hidden = before_;
    // Nothing may end us before the echo is back.
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
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

std::string first_line(std::istream& stream, const std::string& what) {
  std::string line;
  if (!std::getline(stream, line) || line.empty()) throw Failure{refused, "there is no password in " + what};
  if (line.back() == '\r') line.pop_back();
  return line;
}

std::string ask(const std::string& id) {
  std::cerr << "Password of " << id << " (empty: none): " << std::flush;
  std::string line;
  {
    const Hidden hidden;
    std::getline(std::cin, line);
  }
  std::cerr << std::endl;
  if (line.find(interrupt) != line.npos) throw Failure{refused, "interrupted"};
  return line;
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
