// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "msrp/connection.h"
#include "msrp/surroundings.h"
#include "msrp/wire.h"

namespace msrp {

// Somebody who connected to us, and all that came until the head of the first request was whole.
struct Arrival {
  Wire wire;
  std::string bytes;
  Request request;
};

// A stream that can be reached directly.
class Reachable {
 public:
  virtual ~Reachable() = default;
  // What the first request of a connection is to be answered with. 200: take() comes next, and nothing is answered.
  virtual unsigned admit(const Request& request, const Wire& wire) = 0;
  virtual void take(Arrival arrival) = 0;
  // The same on a connection that has other sessions (RFC 4975, 5.4): 200 if the chat has joined it, nothing if that
  // cannot be said before the session's answer has come; the connection is asked again then.
  virtual std::optional<unsigned> join(const Request& request, Connection& connection) = 0;
};

// The one port where all chats can be reached, open as long as there is one. Whose a connection is, its first request
// says (RFC 4975, 5.4); until then whoever made it is a stranger, and gets little.
class Listener {
 public:
  static constexpr std::size_t most_guests = 64;                     // connections without a chat
  static constexpr std::size_t most_at_once = 8;                     // are accepted before others have their turn
  static constexpr Duration grace = std::chrono::milliseconds(250);  // in which no guest is sent away for another
  static constexpr Duration guest_time = connect_time;               // for the first request
  static constexpr Duration farewell = std::chrono::seconds(5);      // for who was refused to read why

  explicit Listener(Surroundings& surroundings);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Throws base::Error{chat_failure} when the port cannot be listened on; then nothing is added.
  void add(const std::string& session_id, Reachable& stream);
  void remove(const std::string& session_id);

  std::uint16_t port() const { return port_; }  // 0: it does not listen
  std::size_t guests() const { return guests_.size(); }
  // The first request for a session on a connection that has others.
  std::optional<unsigned> admit(const Request& request, Connection& connection);
  // Refuses whom take() was given after all.
  void refuse(Arrival arrival, unsigned code);

 private:
  struct Guest {
    Guest(Wire its_wire, Time time, base::Scheduler& scheduler)
        : wire(std::move(its_wire)), since(time), limit(scheduler) {}
    Wire wire;
    Time since;
    Parser parser;
    std::string bytes;
    base::Timer limit;
    bool refused = false;
  };
  using Position = std::list<Guest>::iterator;

  void open();
  void accept();
  void receive(Wire wire);
  bool make_room();
  void accept_again(Duration after);
  void leave(Position guest);
  void on_first_byte(Position guest);
  void begin(Position guest, const std::string& fault);
  void on_bytes(Position guest);
  void judge(Position guest, const Event& event);
  void dismiss(Position guest, const Request& request, unsigned code);

  Surroundings& surroundings_;
  std::map<std::string, Reachable*, std::less<>> streams_;
  base::Descriptor socket_;
  std::uint16_t port_ = 0;
  std::unique_ptr<base::Watch> watch_;
  base::Timer again_;
  std::list<Guest> guests_;  // the oldest first
};

}  // namespace msrp
