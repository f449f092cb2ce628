// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/gnome_keyring.h"

#include <unistd.h>

#include <array>
#include <stdexcept>

#include <sdbus-c++/sdbus-c++.h>

#include "tests/support/recorder.h"

namespace test {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;
using Secret = sdbus::Struct<sdbus::ObjectPath, Bytes, Bytes, std::string>;

const std::string password = "of the keyring";
constexpr const char* name = "org.freedesktop.secrets";
constexpr const char* service_interface = "org.freedesktop.Secret.Service";
const sdbus::ObjectPath collection = "/org/freedesktop/secrets/collection/login";

// Whether it is on the bus; asking it would start one.
bool is_there(sdbus::IConnection& connection) {
  bool owned = false;
  sdbus::createProxy(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus")
      ->callMethod("NameHasOwner")
      .onInterface("org.freedesktop.DBus")
      .withArguments(std::string(name))
      .storeResultsTo(owned);
  return owned;
}

}  // namespace

GnomeKeyring::GnomeKeyring(const PrivateBus& bus, Start how) : bus_(bus) { start(how); }

void GnomeKeyring::start(Start how) {
  std::map<std::string, std::string> environment{{"DBUS_SESSION_BUS_ADDRESS", bus_.address()}};
  for (const char* variable : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"})
    environment[variable] = directory_.path();
  std::vector<std::string> command{"gnome-keyring-daemon", "--foreground", "--components=secrets",
                                   "--control-directory=" + (directory_.path() / "control").string()};
  if (how == Start::unlocked) command.emplace_back("--unlock");
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) throw std::runtime_error("no pipe for gnome-keyring-daemon");
  if (::write(pipe[1], password.data(), password.size()) != static_cast<ssize_t>(password.size()))
    throw std::runtime_error("gnome-keyring-daemon takes no password");
  ::close(pipe[1]);
  process_.emplace(std::move(command), std::move(environment), STDERR_FILENO, -1, pipe[0]);
  ::close(pipe[0]);
  const auto connection = bus_.connect();
  for (const auto end = std::chrono::steady_clock::now() + patience; !is_there(*connection);)
    if (process_->wait(20ms) || std::chrono::steady_clock::now() > end)
      throw std::runtime_error("gnome-keyring-daemon does not come to the bus");
}

void GnomeKeyring::lock() const {
  const auto connection = bus_.connect();
  std::vector<sdbus::ObjectPath> locked;
  sdbus::ObjectPath prompt;
  sdbus::createProxy(*connection, name, "/org/freedesktop/secrets")
      ->callMethod("Lock")
      .onInterface(service_interface)
      .withArguments(std::vector{collection})
      .storeResultsTo(locked, prompt);
}

// As its prompt would do it, for which it needs a desktop.
void GnomeKeyring::unlock() const {
  const auto connection = bus_.connect();
  const auto service = sdbus::createProxy(*connection, name, "/org/freedesktop/secrets");
  sdbus::Variant nothing;
  sdbus::ObjectPath session;
  service->callMethod("OpenSession")
      .onInterface(service_interface)
      .withArguments(std::string("plain"), sdbus::Variant(std::string()))
      .storeResultsTo(nothing, session);
  service->callMethod("UnlockWithMasterPassword")
      .onInterface("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface")
      .withArguments(collection, Secret(session, Bytes(), Bytes(password.begin(), password.end()), "text/plain"));
}

}  // namespace test
