// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/socket.h>

#include <cerrno>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <glib.h>
#include <boost/test/unit_test.hpp>

#include "base/random.h"
#include "msrp/engine.h"
#include "tests/support/fake_clock.h"
#include "tests/unit/msrp/reading.h"

// Chats on real sockets of the loopback, with a clock that is turned by hand.
namespace network {

using namespace std::chrono_literals;

inline gboolean wake(gpointer) noexcept { return G_SOURCE_CONTINUE; }

// Runs the loop, in which the clock stands still, until the condition holds.
struct World {
  FakeClock clock;

  bool until(const std::function<bool()>& condition, std::chrono::milliseconds patience = 20s) {
    const auto end = std::chrono::steady_clock::now() + patience;
    const base::Handle<GSource, g_source_unref> source(g_timeout_source_new(5));
    g_source_set_callback(source.get(), wake, nullptr, nullptr);
    g_source_attach(source.get(), nullptr);
    bool held = false;
    while (!(held = (clock.advance(0ms), condition())) && std::chrono::steady_clock::now() < end)
      g_main_context_iteration(nullptr, TRUE);
    g_source_destroy(source.get());
    return held;
  }
  // All that can happen without a further event has happened.
  void settle() {
    int quiet = 0;
    until([&] { return g_main_context_pending(nullptr) ? (quiet = 0) > 0 : ++quiet > 4; });
  }
};

// One daemon's chats.
struct Site {
  explicit Site(World& its_world) : world(its_world) {}
  World& world;
  msrp::ChatSettings settings = usual_settings();
  struct Answer : msrp::Lookup {};
  // What the lookups give, by "host" or "_service.domain"; asked for in the next turn.
  std::map<std::string, std::vector<msrp::Place>> names;
  std::unique_ptr<msrp::Lookup> look_up(const std::string& name, const msrp::Found& found) {
    world.clock.call_after(1ms, [=, this] { found(names[name], names[name].empty() ? "there is no " + name : ""); });
    return std::make_unique<Answer>();
  }
  base::Identity identity = some_identity("example.test");
  msrp::Engine engine{
      {world.clock, [this] { return settings; },
       [this](const std::string& host, std::uint16_t, const msrp::Found& found) { return look_up(host, found); },
       [this](const std::string& service, const std::string& domain, const msrp::Found& found) {
         return look_up(service + "." + domain, found);
       },
       [this] { return msrp::Time{} + world.clock.now(); }, base::Random{}, [this] { return identity; }}};

  // Nobody vouches for it.
  static base::Identity some_identity(const std::string& name) {
    const std::string both = base::make_certificate(name);
    return {both, both, {}};
  }

  static msrp::ChatSettings usual_settings() {
    msrp::ChatSettings settings;
    settings.secure = false;
    settings.accepted = {{"message/cpim", "text/*", "application/im-iscomposing+xml"}, {"*"}};
    return settings;
  }
};

// A session with its stream, and what it was told: a line for each event.
struct Party : msrp::ChatStreamListener {
  World& world;
  std::string told;
  std::function<void(const msrp::ChatStreamEvent&)> then;  // after each event; may destroy the stream
  std::unique_ptr<msrp::ChatStream> stream;

  explicit Party(Site& site, std::optional<bool> secure = {}) : Party(site.world, site.engine, secure) {}
  Party(World& its_world, msrp::Engine& engine, std::optional<bool> secure = {},
        std::optional<msrp::RelayAccess> relay = {})
      : world(its_world) {
    msrp::ChatRequest request;
    request.local_address = "127.0.0.1";
    request.relay = std::move(relay);
    request.secure = secure;
    stream = engine.create_stream(request, *this);
  }

  void on_chat_event(const msrp::ChatStreamEvent& event) override {
    if (std::holds_alternative<msrp::ChatPrepared>(event)) told += "ChatPrepared";
    if (std::holds_alternative<msrp::DidBind>(event)) told += "DidBind";
    if (const auto* message = std::get_if<msrp::GotMessage>(&event))
      told += "GotMessage " + message->content.substr(0, 100);
    if (const auto* notice = std::get_if<msrp::GotComposing>(&event))
      told += notice->notice.active ? "GotComposing active" : "GotComposing idle";
    if (const auto* verdict = std::get_if<msrp::Verdict>(&event))
      told += (verdict->delivered ? "delivered " : "lost ") + std::to_string(verdict->code) +
              (verdict->delivered ? "" : " " + verdict->reason);
    if (const auto* failure = std::get_if<msrp::ChatFailed>(&event))
      told += "ChatFailed " + std::to_string(failure->code) + " " + failure->reason;
    told += "\n";
    if (then) then(event);
  }

  msrp::RemoteChat as_remote() const {
    const msrp::LocalChat local = *stream->local();
    return {local.secure, local.path, {local.fingerprint}, local.accepted, local.max_size};
  }
  std::string path() const { return msrp::to_text(stream->local()->path); }
  void say(const std::string& text) {
    stream->send({"text/plain", text, {"Alice", "sip:alice@example.com"}, {"Bob", "sip:bob@example.com"}});
  }
  bool hears(const std::string& lines) {
    return world.until([&] { return told.find(lines) != told.npos; });
  }
};

// Somebody of whom only the socket is known, to our port on the loopback.
class Stranger {
 public:
  static constexpr const char* own_path = "msrp://127.0.0.1:9/stranger;tcp";

  Stranger(World& world, std::uint16_t port) : world_(world), socket_(msrp::connect_to({"127.0.0.1", port})) {}
  Stranger(World& world, base::Descriptor socket) : world_(world), socket_(std::move(socket)) {}

  static msrp::RemoteChat as_remote(const std::string& path = own_path) {
    return {false, *msrp::path_from_text(path), {}, {{"message/cpim", "text/*"}, {"*"}}, {}};
  }
  static std::string request(const std::string& to, const std::string& method = "SEND",
                             const std::string& from = own_path) {
    return "MSRP bind " + method + "\r\nTo-Path: " + to + "\r\nFrom-Path: " + from +
           "\r\nMessage-ID: b\r\nByte-Range: 1-0/0\r\n-------bind$\r\n";
  }

  // All of it, however slowly it is taken.
  void say(std::string_view bytes) {
    BOOST_TEST(world_.until([&] { return bytes.empty() || (bytes.remove_prefix(write(bytes)), bytes.empty()); }));
  }
  std::size_t write(std::string_view bytes) {
    const ssize_t size = send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }
  void read() {
    char room[65536];
    const ssize_t size = recv(socket_.number(), room, sizeof(room), 0);
    if (size > 0) heard_.append(room, static_cast<std::size_t>(size));
    closed_ = closed_ || size == 0 || (size < 0 && errno != EAGAIN && errno != ENOTCONN);
  }
  bool hears(const std::string& text) {
    return world_.until([&] { return read(), heard_.find(text) != heard_.npos; });
  }
  bool sees_end() {
    return world_.until([&] { return read(), closed_; });
  }
  bool closed() { return read(), closed_; }
  const std::string& heard() const { return heard_; }
  void shut() { shutdown(socket_.number(), SHUT_WR); }
  void leave(bool reset = false) {
    const linger at_once{1, 0};
    if (reset) setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    socket_ = base::Descriptor();
  }

 private:
  World& world_;
  base::Descriptor socket_;
  std::string heard_;
  bool closed_ = false;
};

}  // namespace network
