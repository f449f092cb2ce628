// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/service.h"
#include "base/trace.h"
#include "config/store.h"
#include "daemon/account/keeper.h"
#include "daemon/chats.h"
#include "daemon/host/network_monitor.h"
#include "daemon/host/secret_store.h"
#include "daemon/host/sleep_monitor.h"
#include "daemon/options.h"
#include "daemon/session/engine.h"
#include "daemon/session/session_manager.h"
#include "daemon/sip/dns_resolver.h"
#include "dbus/bus_source.h"
#include "dbus/connection.h"
#include "dbus/door.h"
#include "media/engine.h"
#include "msrp/engine.h"

namespace {

using namespace std::chrono_literals;

constexpr auto longest_farewell = 2500ms;
constexpr auto longest_end = 3s;

enum ExitCode { success = 0, failure = 1, usage = 2, bus_lost = 4 };

media::EngineSettings sound_settings(const config::GeneralSettings& settings) {
  media::EngineSettings sound;
  sound.rtp_ports = {settings.rtp.port_range->start, settings.rtp.port_range->end};
  sound.input_device = *settings.audio.input_device;
  sound.output_device = *settings.audio.output_device;
  sound.sample_rate = static_cast<unsigned>(*settings.audio.sample_rate);
  sound.recording_layout = *settings.audio.recording_layout == config::RecordingLayout::mixed
                               ? media::RecordingLayout::mixed
                               : media::RecordingLayout::stereo;
  return sound;
}

std::vector<sip::NameServer> name_servers(const config::GeneralSettings& settings) {
  constexpr std::uint16_t usual_port = 53;
  std::vector<sip::NameServer> servers;
  for (const config::ServerAddress& server : *settings.sip.name_servers)
    servers.push_back({server.host, server.port ? server.port : usual_port});
  return servers;
}

std::set<std::string> lost_addresses(const host::Network& before, const host::Network& now) {
  std::set<std::string> lost;
  std::set_difference(before.addresses.begin(), before.addresses.end(), now.addresses.begin(), now.addresses.end(),
                      std::inserter(lost, lost.end()));
  return lost;
}

// The whole house, in the order in which it is built; it is taken down the other way round.
class House {
 public:
  explicit House(const Options& options)
      : data_directory_(std::filesystem::absolute(options.data_dir)),
        store_(options.config),
        loaded_(store_.read()),
        settings_(config::general_rows(), {}, loaded_.general),
        sound_(loop_, sound_settings(settings_.saved())),
        chats_(chat_surroundings(loop_, settings_.saved(), names_, msrp_trace_, data_directory_)),
        accounts_(loaded_.bonjour, reach_),
        keeper_(store_, settings_, accounts_, hands(), options.system ? account::Vault{} : vault()),
        sessions_({loop_, sound_, names_, settings_.saved(), &chats_, data_directory_ + "/history"}, accounts_),
        engine_(loop_, settings_.saved(), accounts_, sessions_, sound_, sip_trace_, data_directory_),
        connection_(dbus::connect({options.system, options.bus_address})),
        secrets_(loop_, *connection_, [this] { keeper_.passwords().vault_did_change(); }),
        door_(*connection_, outbox_,
              {engine_, sessions_, accounts_, settings_, settings_.saved(),
               [this](const auto& done) { keeper_.save_general(done); },
               [this](account::Account& account, const auto& done) { keeper_.save(account, done); },
               [this](account::Account& account) { keeper_.remove(account); }}),
        service_(loop_) {
    registering_.installation = data_directory_;
    keeper_.load(loaded_);
    loaded_ = {};
    keeper_.set_listener(door_);
    engine_.set_listener(door_);
    sessions_.set_listener(door_);
    accounts_.set_listener(door_);
    sound_.on_devices_changed([this] { door_.engine_did_change(); });
    sound_.look_for_devices();
  }

  int run() {
    dbus::BusSource bus(*connection_, outbox_, [this] { leave(bus_lost); });
    // Requests that the name brings are handled by the loop, when all this is done.
    dbus::own_name(*connection_);
    accounts_.start();
    engine_.start();
    sleep_.emplace(
        loop_, [this](std::function<void()> ready) { engine_.fall_asleep(std::move(ready)); },
        [this] { engine_.wake(); });
    loop_.on_signal(SIGTERM, [this] { leave(success); });
    loop_.on_signal(SIGINT, [this] { leave(success); });
    loop_.on_signal(SIGHUP, [this] { reload(); });
    service_.ready(status());
    return loop_.run();
  }

 private:
  account::KeeperHands hands() {
    return {
        .end_sessions = [this](const account::Account& account,
                               std::function<void()> ended) { sessions_.end_sessions_of(account, std::move(ended)); },
        .has_sessions = [this](const account::Account& account) { return sessions_.has_sessions_of(account); },
        .apply = [this](const config::Changes&) { engine_.trace_did_change(); },
    };
  }

  account::Vault vault() {
    using Outcome = account::Vault::Outcome;
    const auto translated = [](host::SecretStore::Outcome outcome) { return static_cast<Outcome>(outcome); };
    return {
        .store =
            [this, translated](const std::string& id, const std::string& password, const account::Vault::Stored& done) {
              secrets_.store(id, password, [=](auto outcome, const auto& why) { done(translated(outcome), why); });
            },
        .forget = [this](const std::string& id) { secrets_.forget(id); },
        .look_up =
            [this, translated](const std::vector<std::string>& ids, const account::Vault::Found& found) {
              secrets_.look_up(ids, [=](auto outcome, const auto& passwords, const auto& locked, const auto& why) {
                found(translated(outcome), passwords, locked, why);
              });
            },
    };
  }

  void reload() {
    service_.reloading();
    keeper_.reload();
    engine_.reload_certificates();
    chats_.reload_identity();
    service_.ready(status());
  }

  std::string status() const { return engine_.is_running() ? "ready for calls" : "SIP does not run: see the log"; }

  // Nothing: no trace is wanted.
  std::optional<std::string> traces_directory(bool wanted) const {
    if (!wanted) return {};
    const std::string& directory = *settings_.saved().logging.directory;
    return directory.empty() ? data_directory_ + "/logs" : directory;
  }

  void leave(int code) {
    service_.stopping();
    base::end_after(longest_end, code);
    farewell_.start(longest_farewell, [this, code] { loop_.quit(code); });
    engine_.stop([this, code] { loop_.post([this, code] { loop_.quit(code); }); });
  }

  void network_did_change(const host::Network& before, const host::Network& now) {
    base::log::info("the network has changed");
    if (before.addresses != now.addresses) return engine_.addresses_did_change(lost_addresses(before, now));
    // Only the way out is another one: what is on it may know us under another address.
    if (!accounts_.started()) return;
    for (account::Account* account : accounts_.accounts()) account->register_again();
  }

  const std::string data_directory_;
  base::Loop loop_;
  config::Store store_;
  config::Loaded loaded_;  // until the accounts are made of it
  config::Settings<config::GeneralSettings> settings_;
  base::Trace sip_trace_{"sip_trace.txt", [this] { return traces_directory(*settings_.saved().logging.trace_sip); }};
  base::Trace msrp_trace_{"msrp_trace.txt", [this] { return traces_directory(*settings_.saved().logging.trace_msrp); }};
  media::Engine sound_;
  sip::DnsResolver names_{loop_,
                          {[this] { return name_servers(settings_.saved()); },
                           [this](const std::string& address) { return engine_.reaches(address); }}};
  msrp::Engine chats_;
  account::Turns turns_{loop_};
  account::Registering registering_{loop_, names_, turns_, [this] { return engine_.registrars(); },
                                    [this] { return engine_.transports(); }};
  account::Reach reach_{
      [this](const std::string& user, const std::string& transport) { return engine_.contact_uri(user, transport); },
      [this] { return engine_.local_address(); }, &registering_};
  account::AccountManager accounts_;
  account::Keeper keeper_;  // sessions name accounts that it removed
  session::SessionManager sessions_;
  session::Engine engine_;
  std::unique_ptr<sdbus::IConnection> connection_;
  host::SecretStore secrets_;
  dbus::Outbox outbox_;
  dbus::Door door_;
  base::Service service_;
  base::Timer farewell_{loop_};
  host::NetworkMonitor network_{
      loop_, [this](const host::Network& before, const host::Network& now) { network_did_change(before, now); }};
  std::optional<host::SleepMonitor> sleep_;  // begun by a thread of GIO that must not meet our end: since we stay
};

}  // namespace

int main(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  base::log::set_level(options.log_level);
  umask(0077);
  base::forbid_dumps();
  signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk, not our end
  base::raise_file_limit();
  try {
    House house(options);
    return house.run();
  } catch (const base::Error& error) {
    base::log::error(error.what());
    return failure;
  }
}
