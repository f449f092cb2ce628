// SPDX-License-Identifier: LGPL-2.1-or-later
// Prints the table of a session's states as a diagram: for HACKING.md in the language of Mermaid, or in that of
// Graphviz.
#include <iostream>
#include <string_view>

#include "daemon/session/machine.h"

namespace {

int print_mermaid() {
  std::cout << "stateDiagram-v2\n    [*] --> " << to_text(session::State::null) << "\n";
  for (const session::Row& row : session::rows)
    std::cout << "    " << to_text(row.from) << " --> " << to_text(row.to) << " : " << to_text(row.step) << "\n";
  std::cout << "    " << to_text(session::State::terminated) << " --> [*]\n";
  return 0;
}

int print_dot() {
  std::cout << "digraph session {\n";
  for (const session::Row& row : session::rows)
    std::cout << "  " << to_text(row.from) << " -> " << to_text(row.to) << " [label=\"" << to_text(row.step)
              << "\"];\n";
  std::cout << "}\n";
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count == 2 ? arguments[1] : "";
  if (what == "--mermaid") return print_mermaid();
  if (what == "--dot") return print_dot();
  std::cerr << "usage: session_diagram --mermaid | --dot\n";
  return 2;
}
