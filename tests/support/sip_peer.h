// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "tests/support/recorder.h"
#include "tests/support/sip_message.h"

namespace test {

// A SIP peer whose every message the test writes itself: for what no real one would do, and for the exact moment. UDP.
class SipPeer {
 public:
  explicit SipPeer(const std::string& address = "127.0.0.1");
  ~SipPeer();
  SipPeer(const SipPeer&) = delete;
  SipPeer& operator=(const SipPeer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string uri() const;   // sip:peer@127.0.0.1:PORT
  std::string host() const;  // 127.0.0.1:PORT
  const std::string& address() const { return address_; }

  // The daemon is on another address than the peer.
  void speak_to(const std::string& address) { other_ = address; }
  void send(const std::string& text, std::uint16_t port);
  // The next message; what came before, byte for byte, is a retransmission and left out.
  std::optional<SipMessage> receive(std::chrono::milliseconds limit = patience);
  // The next message that is no 100 must be this one: a method, or a code. Throws, with all that came and went, if not.
  SipMessage expect(const std::string& method);
  SipMessage expect(int code, const std::string& method = "");
  // Nothing comes for so long.
  bool silent(std::chrono::milliseconds time) { return !receive(time); }
  const std::string& trace() const { return trace_; }

 private:
  SipMessage expect_any(const std::string& wanted);

  std::string address_;
  std::string other_;  // empty: the same
  int socket_;
  std::uint16_t port_ = 0;
  std::set<std::string> seen_;
  std::string trace_;
};

// One dialog of the peer with the daemon.
class PeerCall {
 public:
  // The peer will call: nothing is sent yet.
  PeerCall(SipPeer& peer, const std::string& target, std::uint16_t port);
  // The peer is called, by this INVITE.
  PeerCall(SipPeer& peer, const SipMessage& invite, std::uint16_t port);

  // Sends a request, with whole lines of further headers, and gives it.
  SipMessage send(const std::string& method, const std::string& body = "", const std::string& headers = "");
  SipMessage invite(const std::string& body, const std::string& headers = "") { return send("INVITE", body, headers); }
  // Takes the tag and the target of a 2xx or a reliable 1xx.
  void learn(const SipMessage& response);
  // Of a 2xx.
  void acknowledge(const SipMessage& invite, const std::string& body = "");
  // Of a refusal: it belongs to the INVITE's transaction.
  void acknowledge_refusal(const SipMessage& invite, const SipMessage& response);
  void cancel(const SipMessage& invite);
  void reply(const SipMessage& request, int code, const std::string& phrase, const std::string& body = "",
             const std::string& headers = "");
  // 200 to the daemon's INVITE or re-INVITE, and its ACK.
  void answer(const SipMessage& invite, const std::string& body, const std::string& headers = "");

  std::string local_tag;
  std::string contact;
  std::string content_type = "application/sdp";

 private:
  std::string request(const std::string& method, unsigned sequence, const std::string& branch, const std::string& to,
                      const std::string& headers, const std::string& body) const;

  SipPeer& peer_;
  std::uint16_t port_;
  std::string call_id_;
  std::string local_;   // From or To without tag
  std::string remote_;  // with tag, once it is known
  std::string target_;
  unsigned sequence_ = 0;
};

}  // namespace test
