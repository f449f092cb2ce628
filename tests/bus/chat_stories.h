// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/bus/stories.h"
#include "tests/support/msrp_peer.h"

// Chats between a daemon and a scripted peer.
namespace test {

inline const std::vector<std::string> chat_only{"chat"};
inline const std::string plain_chat = "msrp: { transport = \"tcp\"; };\n";  // further settings of a Station

// Connects as the descriptions say, and waits until the daemon says that the chat is there.
void connect_chat(Station& station, const std::string& session, MsrpPeer& chat, const SipMessage& description);

// The peer called with a chat, beside audio if wanted; it is established, and the chat not connected yet.
struct IncomingChat {
  explicit IncomingChat(Station& station, const ChatLine& line = {}, const std::vector<std::string>& options = {},
                        const std::string& audio = "");
  void connect() { connect_chat(station, session, chat, ok); }

  Station& station;
  SipPeer sip;
  MsrpPeer chat;
  PeerCall call;
  std::string session;
  SipMessage ok;
};

// The daemon called with a chat.
struct OutgoingChat {
  explicit OutgoingChat(Station& station, const ChatLine& line = {}, const std::vector<std::string>& options = {});
  void connect() { connect_chat(station, session, chat, invite); }

  Station& station;
  SipPeer sip;
  MsrpPeer chat;
  std::string session;
  SipMessage invite;
  PeerCall call;
};

// SendMessage to the peer, now; the id.
std::string send_message(Station& station, const std::string& session, const std::string& content,
                         const std::string& type = "", const std::string& to = "");

// Waits for the word on the message: "DidDeliverMessage 200 OK". With " and more" if there is more than one.
std::string verdict(Station& station, const std::string& session, const std::string& id);

// The n-th message that came.
struct Received {
  std::string content;
  std::string type;
  std::string cpim_headers;  // as text, {} without any
  std::string message;
};
Received received(Station& station, const std::string& session, unsigned number = 1);

}  // namespace test
