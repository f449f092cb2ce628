// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "msrp/chat_stream.h"
#include "msrp/connections.h"
#include "msrp/listener.h"
#include "msrp/surroundings.h"

namespace msrp {

// Makes the chats of the daemon, which share a port, and memory for half messages. It outlives them.
class Engine : public ChatFactory {
 public:
  explicit Engine(Surroundings surroundings);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  std::unique_ptr<ChatStream> create_stream(const ChatRequest& request, ChatStreamListener& listener) override;

  // Reads the files of TLS again, for connections to come. What cannot be read is logged, and the old ones stay.
  void reload_identity();

  std::uint16_t port() const { return listener_.port(); }    // 0: nobody can be reached directly
  std::size_t guests() const { return listener_.guests(); }  // connections whose chat is not known yet

 private:
  Surroundings surroundings_;
  Budget budget_;
  Listener listener_{surroundings_};
  Connections connections_;
};

}  // namespace msrp
