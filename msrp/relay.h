// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "msrp/chat_stream.h"
#include "msrp/dialer.h"
#include "msrp/parser.h"
#include "msrp/relay_login.h"

namespace msrp {

// Whoever is reached by a relay. It is called from the loop, and may destroy the relay.
class RelayOwner {
 public:
  virtual ~RelayOwner() = default;
  // The relay passes on to us what is sent to its path. Once.
  virtual void on_relay_granted() = 0;
  // The domain has none. Nothing more comes.
  virtual void on_relay_missing() = 0;
  // It refuses, does not answer, or is gone. Nothing more comes.
  virtual void on_relay_failed(unsigned code, const std::string& reason) = 0;
  // To be sent on the wire that was taken; its answer is to be given to take().
  virtual void on_relay_request(const Request& request) = 0;
};

// The way to one relay and our login there (RFC 4976), which is renewed as long as this lives.
class Relay {
 public:
  struct Self {
    std::string address;
    std::string session_id;
    bool secure = false;  // the scheme of our own URI
  };

  Relay(Surroundings& surroundings, RelayAccess access, Self self, RelayOwner& owner);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // Since it is granted: the relays, and then ourselves.
  const Path& path() const { return path_; }
  bool secure() const { return access_.secure; }
  bool verified() const { return verified_; }  // its name was checked

  // The connection, for the chat, with what came for it already. Once it is granted.
  struct Line {
    Wire wire;
    std::string bytes;
  };
  Line take_line();
  // The line has been put to use: what was asked and not answered is asked again.
  void resume();
  void take(const Response& response);

 private:
  void look_up();
  void dial(std::vector<Place> places);
  void on_dialed(std::optional<Wire> wire, const std::string& fault);
  void on_shaken(const std::string& fault);
  void log_in();
  void send(const Request& request);
  void write();
  void on_bytes();
  void apply(RelayLogin::Step step);
  void await_deadline();

  Surroundings& surroundings_;
  RelayAccess access_;
  const Self self_;
  RelayOwner& owner_;
  std::unique_ptr<Lookup> lookup_;
  std::unique_ptr<Dialer> dialer_;
  std::optional<Wire> wire_;  // until it is taken
  bool verified_ = false;
  std::optional<RelayLogin> login_;
  Uri own_;
  Path path_;
  Parser parser_;
  std::string bytes_;  // of the message that comes, and of all after a request
  std::string output_;
  base::Timer limit_;     // for all until it is granted
  base::Timer deadline_;  // of the login
};

}  // namespace msrp
