// SPDX-License-Identifier: LGPL-2.1-or-later
// What a thousand accounts cost: the start of the daemon, its memory, and one Save.
#include <chrono>
#include <iostream>

#include "tests/support/client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/process_figures.h"

namespace {

constexpr const char* account = "/org/sipsession1/account/user7_40example_2ecom";

std::string config_with(int accounts) {
  std::string text = "local_ip = \"127.0.0.1\";\naudio: { input_device = \"none\"; output_device = \"none\"; };\n";
  text += "accounts: { password_store = \"file\"; list = (";
  for (int i = 0; i < accounts; ++i)
    text += std::string(i == 0 ? "" : ",") + "\n  { id = \"user" + std::to_string(i) +
            "@example.com\"; enabled = true; password = \"secret\"; display_name = \"User " + std::to_string(i) +
            "\"; registration: { enabled = false; }; }";
  return text + " ); };\n";
}

struct Cost {
  double start_ms = 0;
  long memory_kb = 0;
  double save_ms = 0;
  double save_cpu_ms = 0;
};

Cost cost_of(int accounts) {
  constexpr int saves = 20;
  const test::PrivateBus bus;
  test::DaemonProcess daemon(bus, config_with(accounts));
  const auto connection = bus.connect();
  test::Client client(*connection);
  Cost cost;
  // An answer shows that all that the start leaves behind was done.
  client.get<bool>(test::engine_path, "Engine", "IsRunning");
  cost.start_ms = test::cpu_of(daemon.process().number()).count();
  cost.memory_kb = test::kilobytes_of(daemon.process().number());
  if (accounts == 0) return cost;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < saves; ++i) {
    client.call(account, "SettingsObject", "SetSetting", std::string("display_name"),
                sdbus::Variant("Name " + std::to_string(i)));
    client.call(account, "SettingsObject", "Save");
  }
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
  cost.save_ms = time.count() / saves;
  cost.save_cpu_ms = (test::cpu_of(daemon.process().number()).count() - cost.start_ms) / saves;
  return cost;
}

}  // namespace

int main() {
  const Cost none = cost_of(0);
  const Cost many = cost_of(1000);
  std::cout << "| accounts | start, ms of CPU | memory, kB | kB an account | one Save, ms | of that CPU, ms |\n"
            << "|---|---|---|---|---|---|\n"
            << "| 0 | " << none.start_ms << " | " << none.memory_kb << " | – | – | – |\n"
            << "| 1000 | " << many.start_ms << " | " << many.memory_kb << " | "
            << static_cast<double>(many.memory_kb - none.memory_kb) / 1000 << " | " << many.save_ms << " | "
            << many.save_cpu_ms << " |\n";
}
