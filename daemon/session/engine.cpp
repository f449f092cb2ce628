// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/engine.h"

#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "daemon/session/routes.h"
#include "daemon/sip/library_log.h"
#include "daemon/sip/local_address.h"
#include "daemon/sip/stack.h"
#include "daemon/sip/tls_files.h"
#include "daemon/sip/uri.h"
#include "media/codecs.h"
#include "media/engine.h"

namespace session {
namespace {

using namespace std::chrono_literals;

constexpr auto sessions_limit = 1500ms;  // for the peers to answer our BYEs
constexpr auto stack_limit = 1s;

std::vector<AudioDevice> shown(const std::vector<media::Device>& devices) {
  std::vector<AudioDevice> result;
  for (const media::Device& device : devices) result.push_back({device.id, device.name, device.kind});
  return result;
}

sip::TlsFiles tls_files(const config::GeneralSettings& settings, const std::string& data_directory) {
  return {*settings.tls.ca_list_file, *settings.tls.certificate_file, *settings.tls.private_key_file,
          data_directory + "/certificate.pem"};
}

sip::StackSettings stack_settings(const config::GeneralSettings& configured, const std::string& user_agent,
                                  const std::string& data_directory) {
  sip::StackSettings settings;
  if (*configured.local_ip != "auto") settings.address = *configured.local_ip;
  settings.udp_port = *configured.sip.udp_port;
  settings.tcp_port = *configured.sip.tcp_port;
  settings.tls_port = *configured.sip.tls_port;
  settings.udp = settings.tcp = false;
  bool tls = false;
  for (const config::Transport transport : *configured.sip.transports) {
    settings.udp |= transport == config::Transport::udp;
    settings.tcp |= transport == config::Transport::tcp;
    tls |= transport == config::Transport::tls;
  }
  settings.user_agent = user_agent;
  if (!tls) return settings;
  try {
    settings.tls = {base::Duration(*configured.tls.timeout), *configured.tls.verify_server,
                    sip::read_identity(tls_files(configured, data_directory))};
  } catch (const base::Error& error) {
    // The other transports go on, and what needs TLS is refused.
    if (!settings.udp && !settings.tcp) throw;
    base::log::error("there is no TLS", {{"REASON", error.what()}});
  }
  return settings;
}

}  // namespace

Engine::Engine(base::Loop& loop, const config::GeneralSettings& settings, account::AccountManager& accounts,
               SessionManager& sessions, const media::Engine& sound, base::Trace& trace, std::string data_directory)
    : loop_(loop),
      settings_(settings),
      accounts_(accounts),
      sessions_(sessions),
      sound_(sound),
      data_directory_(std::move(data_directory)),
      limit_(loop) {
  sip::library_log().set_trace(&trace);
}

Engine::~Engine() = default;

void Engine::tell(const EngineEvent& event) {
  if (listener_) listener_->on_engine_event(event);
}

std::string Engine::version() { return SIPSESSIOND_VERSION; }

std::string Engine::user_agent() const {
  return settings_.user_agent->empty() ? "sipsessiond " SIPSESSIOND_VERSION : *settings_.user_agent;
}

void Engine::start() {
  wanted_ = true;
  if (stack_) return;
  tell(EngineWillStart{});
  try {
    stack_ = std::make_unique<sip::Stack>(loop_, stack_settings(settings_, user_agent(), data_directory_), sessions_);
  } catch (const base::Error& error) {
    base::log::error("the engine did not start", {{"REASON", error.what()}});
    return tell(EngineDidFail{error.what()});
  }
  sessions_.set_legs(stack_.get());
  for (const std::string& uri : local_uris()) base::log::info("listening", {{"URI", uri}});
  accounts_.set_engine_running(!asleep_);
  tell(EngineDidStart{});
}

void Engine::reload_certificates() {
  if (!stack_ || !stack_->listens_on("tls")) return;
  try {
    stack_->set_identity(sip::read_identity(tls_files(settings_, data_directory_)));
    base::log::info("the files of TLS were read again");
  } catch (const base::Error& error) {
    base::log::error("the files of TLS stay as they were", {{"REASON", error.what()}});
  }
}

void Engine::trace_did_change() {
  if (stack_ && stopping_ == Stopping::no) stack_->trace_did_change();
}

void Engine::stop(std::function<void()> stopped) {
  wanted_ = false;
  if (!stack_) return stopped();
  stopped_.push_back(std::move(stopped));
  begin_stop();
}

// The library binds each address that is there when it starts, and cannot be told of another one.
void Engine::addresses_did_change(const std::set<std::string>& lost) {
  if (!wanted_ || *settings_.local_ip != "auto") return;
  if (!stack_) return start();
  for (const std::string& address : lost) sessions_.lose_address(address);
  // Later: what ended just now is still telling.
  sessions_.when_idle([this] { loop_.post([this] { restart(); }); });
}

void Engine::fall_asleep(std::function<void()> ready) {
  asleep_ = true;
  if (!stack_ || stopping_ != Stopping::no) return ready();
  accounts_.set_engine_running(false);
  accounts_.when_unregistered(std::move(ready));
}

void Engine::wake() {
  asleep_ = false;
  if (stack_ && stopping_ == Stopping::no) accounts_.set_engine_running(true);
}

void Engine::restart() {
  if (!wanted_ || !stack_ || stopping_ != Stopping::no) return;
  base::log::info("SIP starts anew: the network has changed");
  begin_stop();
}

void Engine::begin_stop() {
  if (stopping_ != Stopping::no) return;
  stopping_ = Stopping::calls;
  tell(EngineWillEnd{});
  limit_.start(sessions_limit, [this] { leave(); });
  sessions_.end_all([this] { loop_.post([this] { leave(); }); });
}

// The sessions are over: the accounts take their bindings back.
void Engine::leave() {
  if (std::exchange(stopping_, Stopping::stack) == Stopping::stack) return;
  limit_.stop();
  sessions_.set_legs(nullptr);
  accounts_.set_engine_running(false);
  accounts_.when_unregistered([this] { loop_.post([this] { shut_down(); }); });
}

void Engine::shut_down() {
  stack_->shut_down(stack_limit, [this] { loop_.post([this] { finish(); }); });
}

void Engine::finish() {
  // A stack that the peers keep busy stays behind until the process ends: the library would still call it.
  if (!stack_->quiet()) static_cast<void>(stack_.release());
  stack_.reset();
  stopping_ = Stopping::no;
  tell(EngineDidEnd{});
  for (const auto& stopped : std::exchange(stopped_, {})) stopped();
  if (wanted_) start();
}

sip::RegistrarFactory* Engine::registrars() const { return stack_.get(); }

std::vector<std::string> Engine::transports() const {
  return stack_ ? usable_transports(settings_, *stack_) : std::vector<std::string>();
}

std::vector<std::string> Engine::local_uris() const {
  std::vector<std::string> uris;
  if (!stack_) return uris;
  for (const sip::Listening& listening : stack_->listening())
    uris.push_back(stack_->contact_uri("", local_address(), listening.transport));
  return uris;
}

std::string Engine::contact_uri(const std::string& user, const std::string& transport) const {
  return stack_ && stack_->listens_on(transport) ? stack_->contact_uri(user, local_address(), transport) : "";
}

std::string Engine::local_address() const {
  return *settings_.local_ip == "auto" ? sip::local_address_towards({}) : *settings_.local_ip;
}

bool Engine::reaches(const std::string& address) const {
  const std::string& fixed = *settings_.local_ip;
  return fixed == "auto" ? sip::has_route_to(address) : sip::is_ipv6(fixed) == sip::is_ipv6(address);
}

std::vector<AudioDevice> Engine::audio_input_devices() const { return shown(sound_.input_devices()); }

std::vector<AudioDevice> Engine::audio_output_devices() const { return shown(sound_.output_devices()); }

std::string Engine::audio_input_device() const { return sound_.input_device(); }

std::string Engine::audio_output_device() const { return sound_.output_device(); }

std::vector<std::string> Engine::audio_codecs() const { return media::available_codecs(); }

}  // namespace session
