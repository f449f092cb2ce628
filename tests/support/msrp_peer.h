// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "tests/support/script.h"
#include "tests/support/sip_message.h"

namespace test {

// What the peer's m=message line says besides its port and path.
struct ChatLine {
  std::string setup = "actpass";  // empty: not said
  std::string accept_types = "message/cpim text/plain application/im-iscomposing+xml";
  std::string more = "";  // whole lines
};

// A run of tests/peers/msrp_peer.py ($MSRP_PEER), an MSRP endpoint whose every message the test decides: see there for
// what it can be told, and what it says.
class MsrpPeer : public Script {
 public:
  // --tls, and what else the program takes.
  explicit MsrpPeer(const std::vector<std::string>& options = {});

  // Whole lines of a description.
  std::string media(const ChatLine& line = {}) const;
  std::string path() const;
  const std::string& remote() const { return remote_; }
  const std::string& remote_port() const { return remote_port_; }
  // Of its certificate, as in a=fingerprint.
  std::string fingerprint() const;
  // With whom it speaks: the m=message line of the daemon's description says it.
  void learn(const SipMessage& message);
  // Connects to the daemon. The first time with the SEND that says whose the connection is (RFC 4975, 5.4); answered.
  void bind();
  void connect();
  // Does that, and waits until it is done.
  void act(const std::string& command);

 private:
  bool tls_;
  std::size_t told_ = 0;
  std::string remote_;
  std::string remote_port_;
};

}  // namespace test
