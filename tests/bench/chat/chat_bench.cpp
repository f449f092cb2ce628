// SPDX-License-Identifier: LGPL-2.1-or-later
// Chat from bus to bus: a client of one daemon sends, a client of the other one receives, all verdicts come back.
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>

#include <systemd/sd-bus.h>

#include "base/handle.h"
#include "tests/support/client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/private_bus.h"
#include "tests/support/process_figures.h"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using test::kilobytes_of;
using test::Milliseconds;

constexpr auto patience = 60s;  // for a step of a benchmark; without it, none is of use
constexpr std::size_t message_size = 1000;
constexpr std::size_t large_size = 9'900'000;

int checked(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::to_string(result));
  return result;
}

// A client as light as they come, so that it is the daemons that are measured.
class Line {
 public:
  explicit Line(const std::string& address) {
    sd_bus* made = nullptr;
    checked(sd_bus_new(&made), "bus");
    bus_.reset(made);
    sd_bus_set_address(bus(), address.c_str());
    sd_bus_set_bus_client(bus(), 1);
    checked(sd_bus_start(bus()), "bus");
    match("SIPSessionNewIncoming", on_incoming);
    match("SIPSessionDidStart", on_start);
    match("SIPSessionGotMessage", on_message);
    match("SIPSessionDidDeliverMessage", on_delivered);
    match("SIPSessionDidNotDeliverMessage", on_undelivered);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void send(const std::string& session, const std::string& content, const char* type) {
    checked(
        sd_bus_call_method_async(bus(), nullptr, "org.sipsession1", session.c_str(), "org.sipsession1.Session",
                                 "SendMessage", on_reply, this, "ssst", content.c_str(), type, "", std::uint64_t{0}),
        "SendMessage");
  }

  // The signal of a message, as a daemon would send it.
  void tell(const std::string& content) {
    checked(sd_bus_emit_signal(bus(), "/", "org.sipsession1.Session", "SIPSessionGotMessage", "tvs", std::uint64_t{0},
                               "s", content.c_str(), "text/html"),
            "signal");
  }

  sd_bus* bus() const { return bus_.get(); }
  // False: there was nothing.
  bool process() { return checked(sd_bus_process(bus(), nullptr), "bus") > 0; }

  std::string incoming;  // the last session that was called
  unsigned started = 0;
  unsigned received = 0;
  unsigned taken = 0;  // that the daemon has answered
  unsigned delivered = 0;
  unsigned undelivered = 0;
  std::function<void(const char* type)> on_received;

 private:
  void match(const std::string& member, sd_bus_message_handler_t handler) {
    const std::string rule = "type='signal',interface='org.sipsession1.Session',member='" + member + "'";
    checked(sd_bus_add_match(bus(), nullptr, rule.c_str(), handler, this), "match");
  }
  static int on_reply(sd_bus_message* message, void* line, sd_bus_error*) {
    ++static_cast<Line*>(line)->taken;
    if (sd_bus_message_is_method_error(message, nullptr))
      std::cerr << "SendMessage: " << sd_bus_message_get_error(message)->message << std::endl;
    return 0;
  }
  static int on_incoming(sd_bus_message* message, void* line, sd_bus_error*) {
    static_cast<Line*>(line)->incoming = sd_bus_message_get_path(message);
    return 0;
  }
  static int on_start(sd_bus_message*, void* line, sd_bus_error*) {
    ++static_cast<Line*>(line)->started;
    return 0;
  }
  static int on_message(sd_bus_message* message, void* line, sd_bus_error*) {
    auto* self = static_cast<Line*>(line);
    const char* type = "";
    sd_bus_message_skip(message, "tv");
    sd_bus_message_read(message, "s", &type);
    ++self->received;
    if (self->on_received) self->on_received(type);
    return 0;
  }
  static int on_delivered(sd_bus_message*, void* line, sd_bus_error*) {
    ++static_cast<Line*>(line)->delivered;
    return 0;
  }
  static int on_undelivered(sd_bus_message*, void* line, sd_bus_error*) {
    ++static_cast<Line*>(line)->undelivered;
    return 0;
  }

  base::Handle<sd_bus, sd_bus_flush_close_unref> bus_;
};

std::string settings(const std::string& user, const std::string& transport, const std::string& more) {
  return "local_ip = \"127.0.0.1\";\naudio: { input_device = \"none\"; output_device = \"none\"; };\n"
         "sessions: { max = 1000; };\nmsrp: { transport = \"" +
         transport + "\"; };\nbonjour: { contact_user = \"" + user + "\"; };\n" + more;
}

// A daemon on a bus of its own, and its client.
struct Side {
  Side(const std::string& user, const std::string& transport, const std::string& more)
      : daemon(bus, settings(user, transport, more), {"--log-level", "warning"}),
        connection(bus.connect()),
        client(*connection),
        line(bus.address()) {
    const auto uris = client.get<std::vector<std::string>>(test::engine_path, "Engine", "LocalUris");
    uri = "sip:" + user + "@" + uris.front().substr(uris.front().find(':') + 1);
  }
  pid_t number() { return daemon.process().number(); }

  test::PrivateBus bus;
  test::DaemonProcess daemon;
  std::unique_ptr<sdbus::IConnection> connection;
  test::Client client;
  Line line;
  std::string uri;
};

// Two daemons, and sessions with a chat between them.
class Pair {
 public:
  explicit Pair(const std::string& transport, const std::string& more = "")
      : alice("alice", transport, more), bob("bob", transport, more) {}

  // Handles what came, until so.
  void until(const std::function<bool()>& done) {
    const auto end = Clock::now() + patience;
    while (!done()) {
      bool any = false;
      for (Line* line : {&alice.line, &bob.line})
        while (line->process()) any = true;
      if (any || done()) continue;
      if (Clock::now() > end) throw std::runtime_error("nothing comes");
      wait();
    }
  }

  // A session with a chat over which a message went; its path at Alice.
  std::string chat() {
    const std::vector<std::string> streams{"chat"};
    bob.line.incoming.clear();
    alice.line.started = 0;
    const std::string session = alice.client.call_out(bob.uri, streams);
    until([&] { return !bob.line.incoming.empty(); });
    bob.client.call(bob.line.incoming, "Session", "Accept", streams);
    until([&] { return alice.line.started == 1; });
    alice.line.delivered = bob.line.received = 0;
    alice.line.send(session, "hello", "text/plain");
    until([&] { return alice.line.delivered == 1 && bob.line.received == 1; });
    return session;
  }

  // Of both daemons.
  Milliseconds cpu() { return test::cpu_of(alice.number()) + test::cpu_of(bob.number()); }

  // So many messages, with so many under way; microseconds of both daemons' CPU for each, and how many a second.
  struct Flow {
    double cpu;
    double rate;
  };
  Flow flow(const std::string& session, unsigned count, unsigned window) {
    const std::string content(message_size, 'x');
    alice.line.delivered = bob.line.received = 0;
    const Milliseconds cpu = this->cpu();
    const auto begin = Clock::now();
    unsigned sent = 0;
    until([&] {
      for (; sent < count && sent - alice.line.delivered < window; ++sent)
        alice.line.send(session, content, "text/plain");
      return alice.line.delivered == count && bob.line.received == count;
    });
    const std::chrono::duration<double> time = Clock::now() - begin;
    return {(this->cpu() - cpu).count() * 1000 / count, count / time.count()};
  }

  // How long short messages take that are sent one after the other while a large one goes across, in ms. The last one
  // comes after it on the bus.
  std::vector<double> waits_beside(const std::string& session, const std::string& content) {
    std::vector<double> waits;
    bool across = false;
    std::optional<Clock::time_point> since;
    bob.line.on_received = [&](const char* type) {
      if (type == std::string("text/html")) across = true;
      if (type != std::string("text/plain")) return;
      waits.push_back(Milliseconds(Clock::now() - *since).count());
      since.reset();
    };
    alice.line.delivered = bob.line.received = alice.line.taken = 0;
    alice.line.send(session, content, "text/html");
    until([&] { return alice.line.taken == 1; });
    unsigned sent = 1;
    until([&] {
      if (!across && !since) {
        since = Clock::now();
        alice.line.send(session, "short", "text/plain");
        ++sent;
      }
      return across && alice.line.delivered == sent;
    });
    bob.line.on_received = nullptr;
    return waits;
  }

  Side alice, bob;

 private:
  void wait() {
    std::array<pollfd, 2> polls{};
    int timeout = 1000;
    for (int i = 0; i < 2; ++i) {
      sd_bus* bus = (i == 0 ? alice : bob).line.bus();
      polls.at(static_cast<std::size_t>(i)) = {sd_bus_get_fd(bus), static_cast<short>(sd_bus_get_events(bus)), 0};
    }
    ::poll(polls.data(), polls.size(), timeout);
  }
};

void measure_flows() {
  std::cout << "| transport | messages | under way | a second | µs of CPU each, both daemons | memory, kB: sender, "
               "receiver |\n"
            << "|---|---|---|---|---|---|\n";
  for (const std::string transport : {"tcp", "tls"}) {
    Pair pair(transport);
    const std::string session = pair.chat();
    pair.flow(session, 1000, 32);
    for (const auto& [count, window] : {std::pair{5000u, 32u}, {20000u, 32u}, {50000u, 32u}, {3000u, 1u}}) {
      const Pair::Flow flow = pair.flow(session, count, window);
      std::cout << "| " << transport << " | " << count << " | " << window << " | " << static_cast<int>(flow.rate)
                << " | " << static_cast<int>(flow.cpu) << " | " << kilobytes_of(pair.alice.number()) << ", "
                << kilobytes_of(pair.bob.number()) << " |\n";
    }
  }
}

// What it costs to write down what is said, on the disk of the temporary directory.
void measure_records() {
  std::cout << "\n| written down by both | a second | µs of CPU each, both daemons |\n|---|---|---|\n";
  for (const auto& [what, more] : {std::pair{"nothing", ""},
                                   {"history", "chat: { history = true; };\n"},
                                   {"trace", "logging: { trace_msrp = true; };\n"}}) {
    Pair pair("tcp", more);
    const std::string session = pair.chat();
    pair.flow(session, 1000, 32);
    const Pair::Flow flow = pair.flow(session, 20000, 32);
    std::cout << "| " << what << " | " << static_cast<int>(flow.rate) << " | " << static_cast<int>(flow.cpu) << " |\n";
  }
}

// How long the signal of a large message takes from one client of a bus to another one, without us; in ms.
double bus_alone(const std::string& content) {
  const test::PrivateBus bus;
  Line from(bus.address());
  Line to(bus.address());
  // Returns the time until it was received.
  const auto send = [&](const std::string& text) {
    to.received = 0;
    const auto sent = Clock::now();
    from.tell(text);
    while (to.received == 0 && Clock::now() - sent < 1s) {
      while (from.process() || to.process()) {
      }
    }
    return Milliseconds(Clock::now() - sent).count();
  };
  // Until the other one listens.
  while (send("short") > 500) {
  }
  return send(content);
}

void measure_waits() {
  const std::string content(large_size, 'x');
  std::cout << "\na signal of 10 MB from client to client, by dbus-daemon alone: " << bus_alone(content) << " ms\n"
            << "\n| transport | short messages beside one of 10 MB | median, ms | longest, ms | the last, ms |\n"
            << "|---|---|---|---|---|\n";
  for (const std::string transport : {"tcp", "tls"}) {
    Pair pair(transport);
    const std::string session = pair.chat();
    std::vector<double> waits = pair.waits_beside(session, content);
    if (waits.size() < 2) throw std::runtime_error("no short message went across");
    const double last = waits.back();
    waits.pop_back();
    std::sort(waits.begin(), waits.end());
    std::cout << "| " << transport << " | " << waits.size() << " | " << waits[waits.size() / 2] << " | " << waits.back()
              << " | " << last << " |\n";
  }
}

// Transactions of SIP live for 32 s after their end; what is free after that is used by those that come.
void rest(Pair& pair) {
  const auto end = Clock::now() + 36s;
  pair.until([&] { return Clock::now() > end; });
}

void measure_idle() {
  constexpr int chats = 400;
  std::cout << "\n| transport | idle chats | kB each, at the caller | kB each, at the callee |\n|---|---|---|---|\n";
  for (const std::string transport : {"tcp", "tls"}) {
    Pair pair(transport);
    for (int i = 0; i < chats; ++i) pair.chat();
    rest(pair);
    const long alice = kilobytes_of(pair.alice.number());
    const long bob = kilobytes_of(pair.bob.number());
    for (int i = 0; i < chats; ++i) pair.chat();
    rest(pair);
    std::cout << "| " << transport << " | " << chats << " more | "
              << (kilobytes_of(pair.alice.number()) - alice) / chats << " | "
              << (kilobytes_of(pair.bob.number()) - bob) / chats << " |\n";
  }
}

}  // namespace

int main(int argc, char** argv) try {
  std::cout << std::unitbuf;
  const std::string only = argc > 1 ? argv[1] : "";
  if (only.empty() || only == "flows") measure_flows();
  if (only.empty() || only == "records") measure_records();
  if (only.empty() || only == "waits") measure_waits();
  if (only.empty() || only == "idle") measure_idle();
} catch (const std::exception& error) {
  std::cerr << "chat_bench: " << error.what() << std::endl;
  return 1;
}
