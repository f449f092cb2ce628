// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/certificate.h"
#include "base/handle.h"
#include "base/loop.h"
#include "base/stream.h"

struct bio_st;
struct ssl_ctx_st;
struct ssl_st;

namespace base {

void release_context(ssl_ctx_st* context);

// What TLS does inside a library that makes its own contexts of OpenSSL and tells nothing of them: this gives them the
// least version, the ciphers and our identity, asks each server for the name it is expected to have, checks that name,
// limits the time of a handshake, says why one failed, and frees what the library forgets. All on the loop's thread.
class Handshakes {
 public:
  struct Settings {
    Duration limit;  // for a handshake, from the connection on
    bool verify;     // servers must prove their name
    Identity identity;
    Duration silence = std::chrono::seconds(300);  // after which a connection ends
  };

  Handshakes(Scheduler& scheduler, Settings settings);
  ~Handshakes();
  Handshakes(const Handshakes&) = delete;
  Handshakes& operator=(const Handshakes&) = delete;

  // The contexts that are made during the call are ours from then on.
  void adopt(const std::function<void()>& call);
  // For the connections to come; those that are open stay.
  void set_identity(Identity identity);

  // Connections to the peer are to be with this server. One peer has one name: false, and nothing changes, if there is
  // another.
  bool expect(const Peer& peer, const std::string& name);
  // The name that is expected of the peer; empty: none.
  std::string name_of(const Peer& peer) const;
  // There is a connection with the peer, made by either side, whose handshake is done.
  bool connected(const Peer& peer) const { return find(peer) != nullptr; }
  // Its socket; empty: there is none.
  Stream stream_to(const Peer& peer) const;
  // Between two messages of the library, when the stream is clear. False: it does not take it.
  bool write(const Peer& peer, std::string_view bytes);
  std::size_t connections() const { return connections_.size(); }

  // Why the last handshake with the peer, where we were the client, failed; empty: it did not.
  std::string fault_of(const Peer& peer) const;
  // Called for each of those, from the loop.
  void on_fault(std::function<void(const Peer& peer, const std::string& fault)> call) { tell_ = std::move(call); }

 private:
  friend class HandshakesAccess;
  struct Connection {
    Peer peer;
    bool adopted = false;
    bool client = false;
    bool done = false;
    std::chrono::steady_clock::time_point heard;
    std::string fault;
  };

  ssl_st* find(const Peer& peer) const;
  void on_new(ssl_st* connection);
  void on_progress(ssl_st* connection, int where, int value);
  void on_bytes(ssl_st* connection);
  void on_closed(bio_st* bio, ssl_st* connection);
  void begin(ssl_st* connection, Connection& state);
  void finish(ssl_st* connection, Connection& state);
  void take(ssl_st* connection, Connection& state);
  void take_all();
  void end_late();
  void tell_later(const Connection& state);

  Settings settings_;
  std::vector<Handle<ssl_ctx_st, release_context>> contexts_;
  std::map<ssl_st*, Connection> connections_;
  std::map<Peer, std::string> names_;
  std::map<Peer, std::string> faults_;
  std::vector<std::pair<Peer, std::string>> untold_;
  std::multimap<std::chrono::steady_clock::time_point, ssl_st*> deadlines_;  // of a handshake, then of silence
  std::function<void(const Peer&, const std::string&)> tell_;
  Timer soon_;
  Timer deadline_;
};

}  // namespace base
