// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "msrp/chat.h"
#include "msrp/chat_stream.h"
#include "msrp/connections.h"
#include "msrp/dialer.h"
#include "msrp/listener.h"
#include "msrp/relay.h"

namespace msrp {

// One chat on the network: makes or awaits its connection, and lets a Chat talk over it.
class Stream : public ChatStream, private Reachable, private ConnectionOwner, private RelayOwner {
 public:
  struct House {
    Surroundings& surroundings;
    Budget& budget;
    Listener& doorway;
    Connections& connections;
  };

  // Throws as ChatFactory::create_stream().
  Stream(const House& house, const ChatRequest& request, ChatStreamListener& listener);
  ~Stream() override;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  std::optional<LocalChat> local() const override { return local_; }
  void start(bool active, const RemoteChat& remote) override;
  std::string send(Letter letter) override;
  void send_composing(const Composing& composing, Letter envelope) override;
  std::vector<Verdict> end(unsigned code, const std::string& reason) override;
  ChatStatistics statistics() const override;

 private:
  unsigned admit(const Request& request, const Wire& wire) override;
  void take(Arrival arrival) override;
  std::optional<unsigned> join(const Request& request, Connection& connection) override;
  void on_progress() override;
  void on_relay_granted() override;
  void on_relay_missing() override;
  void on_relay_failed(unsigned code, const std::string& reason) override;
  void on_relay_request(const Request& request) override;

  void listen();
  void settle(Path path);
  Chat& started();
  void await_connection();
  void dial(bool alone);
  void on_dialed(std::optional<Wire> wire, const std::string& fault);
  void on_shaken(const std::string& fault);
  std::string verify(const Wire& wire);
  void fail_soon(std::string reason);
  void let_others_go_on();
  void connect(Wire wire, std::string_view bytes);
  void join(std::shared_ptr<Connection> connection);
  void connect_alone();
  void fail(unsigned code, std::string reason);
  bool tell_of(ChatEvent event);
  bool tell(const ChatStreamEvent& event);

  const House house_;
  const ChatSettings settings_;
  ChatStreamListener* listener_;  // null: nothing is told any more
  const std::string local_address_;
  const std::optional<bool> request_secure_;
  const std::string session_id_;
  bool secure_ = false;
  std::optional<LocalChat> local_;
  RemoteChat remote_;
  bool active_ = false;
  std::unique_ptr<Chat> chat_;                    // since start()
  std::optional<Arrival> early_;                  // the peer came before start()
  std::shared_ptr<Connection> early_connection_;  // the same, on one that has other sessions
  std::unique_ptr<Dialer> dialer_;
  std::unique_ptr<Relay> relay_;
  std::optional<Wire> wire_;  // while it shakes hands
  std::shared_ptr<Connection> connection_;
  bool alone_ = false;  // it is for no other session
  Verification verification_ = Verification::none;
  base::Timer limit_;     // for the connection
  bool* gone_ = nullptr;  // set by the destructor while something is told
};

}  // namespace msrp
