// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/msrp_peer.h"

#include <algorithm>
#include <cstdlib>

namespace test {

MsrpPeer::MsrpPeer(const std::vector<std::string>& options)
    : Script(std::getenv("MSRP_PEER"), options),
      tls_(std::find(options.begin(), options.end(), "--tls") != options.end()) {}

std::string MsrpPeer::path() const {
  return std::string(tls_ ? "msrps" : "msrp") + "://127.0.0.1:" + std::to_string(port()) + "/peersession;tcp";
}

std::string MsrpPeer::fingerprint() const {
  const std::string word = "FINGERPRINT ";
  const auto begin = said().find(word) + word.size();
  return said().substr(begin, said().find('\n', begin) - begin);
}

std::string MsrpPeer::media(const ChatLine& line) const {
  return "m=message " + std::to_string(port()) + (tls_ ? " TCP/TLS/MSRP *\r\n" : " TCP/MSRP *\r\n") +
         "a=path:" + path() + "\r\na=accept-types:" + line.accept_types + "\r\n" +
         (line.setup.empty() ? "" : "a=setup:" + line.setup + "\r\n") + line.more;
}

void MsrpPeer::learn(const SipMessage& message) {
  remote_ = message.description_line("a=path:");
  remote_port_ = message.description_line("m=message ");
  remote_port_.erase(remote_port_.find(' '));
  act("remote " + remote_);
}

void MsrpPeer::connect() {
  act("connect " + remote_port_ + (tls_ ? " tls" : ""));
  wait("CONNECTED");
}

void MsrpPeer::bind() {
  connect();
  act("bind");
  wait("RESPONSE peer");
}

void MsrpPeer::act(const std::string& command) {
  tell(command);
  wait_until("DONE", ++told_);
}

}  // namespace test
