// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/sip_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <stdexcept>
#include <vector>

namespace test {
namespace {

using Clock = std::chrono::steady_clock;

std::string random_word() {
  static std::mt19937_64 random{std::random_device{}()};
  return std::to_string(random() % 1000000000000ull);
}

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

Address address_of(const std::string& host, std::uint16_t port) {
  Address address;
  if (host.find(':') != std::string::npos) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr);
    address.length = sizeof(v6);
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    inet_pton(AF_INET, host.c_str(), &v4.sin_addr);
    address.length = sizeof(v4);
  }
  return address;
}

const sockaddr* raw(const Address& address) { return reinterpret_cast<const sockaddr*>(&address.storage); }

std::string without_tag(const std::string& value) { return value.substr(0, value.find(";tag=")); }

}  // namespace

SipPeer::SipPeer(const std::string& address) : address_(address) {
  Address own = address_of(address, 0);
  socket_ = ::socket(own.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0 || ::bind(socket_, raw(own), own.length) != 0 ||
      ::getsockname(socket_, reinterpret_cast<sockaddr*>(&own.storage), &own.length) != 0)
    throw std::runtime_error("no socket for a peer on " + address);
  port_ = ntohs(reinterpret_cast<const sockaddr_in&>(own.storage).sin_port);
}

SipPeer::~SipPeer() { ::close(socket_); }

std::string SipPeer::host() const {
  const std::string shown = address_.find(':') == std::string::npos ? address_ : "[" + address_ + "]";
  return shown + ":" + std::to_string(port_);
}

std::string SipPeer::uri() const { return "sip:peer@" + host(); }

void SipPeer::send(const std::string& text, std::uint16_t port) {
  trace_ += "\n--> " + text;
  const Address to = address_of(other_.empty() ? address_ : other_, port);
  ::sendto(socket_, text.data(), text.size(), 0, raw(to), to.length);
}

std::optional<SipMessage> SipPeer::receive(std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd poll{socket_, POLLIN, 0};
    if (::poll(&poll, 1, left > 0 ? static_cast<int>(left) : 0) <= 0) return {};
    std::vector<char> bytes(65536);
    const auto length = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (length <= 4) continue;
    SipMessage message{std::string(bytes.data(), static_cast<std::size_t>(length))};
    trace_ += "\n<-- " + message.text;
    if (seen_.insert(message.text).second) return message;
  }
}

SipMessage SipPeer::expect_any(const std::string& wanted) {
  for (;;) {
    const auto message = receive();
    if (!message) throw std::runtime_error(wanted + " did not come:" + trace_);
    if (message->code() != 100) return *message;
  }
}

SipMessage SipPeer::expect(const std::string& method) {
  SipMessage message = expect_any(method);
  if (!message.is_request() || message.method() != method) throw std::runtime_error(method + " was expected:" + trace_);
  return message;
}

SipMessage SipPeer::expect(int code, const std::string& method) {
  SipMessage message = expect_any(std::to_string(code));
  if (message.code() != code || (!method.empty() && message.method() != method))
    throw std::runtime_error(std::to_string(code) + " " + method + " was expected:" + trace_);
  return message;
}

PeerCall::PeerCall(SipPeer& peer, const std::string& target, std::uint16_t port)
    : local_tag(random_word()),
      contact(peer.uri()),
      peer_(peer),
      port_(port),
      call_id_(random_word() + "@peer"),
      local_("<" + peer.uri() + ">"),
      remote_("<" + target + ">"),
      target_(target) {}

PeerCall::PeerCall(SipPeer& peer, const SipMessage& invite, std::uint16_t port)
    : local_tag(random_word()),
      contact(peer.uri()),
      peer_(peer),
      port_(port),
      call_id_(invite.header("Call-ID")),
      local_(without_tag(invite.header("To"))),
      remote_(invite.header("From")),
      target_(invite.contact_uri()) {}

std::string PeerCall::request(const std::string& method, unsigned sequence, const std::string& branch,
                              const std::string& to, const std::string& headers, const std::string& body) const {
  std::string text = method + " " + target_ + " SIP/2.0\r\nVia: SIP/2.0/UDP " + peer_.host() + ";branch=z9hG4bK" +
                     branch + ";rport\r\nMax-Forwards: 70\r\nFrom: " + local_ + ";tag=" + local_tag + "\r\nTo: " + to +
                     "\r\nCall-ID: " + call_id_ + "\r\nCSeq: " + std::to_string(sequence) + " " + method +
                     "\r\nContact: <" + contact + ">\r\n" + headers;
  if (!body.empty()) text += "Content-Type: " + content_type + "\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

SipMessage PeerCall::send(const std::string& method, const std::string& body, const std::string& headers) {
  const SipMessage message{request(method, ++sequence_, random_word(), remote_, headers, body)};
  peer_.send(message.text, port_);
  return message;
}

void PeerCall::learn(const SipMessage& response) {
  remote_ = response.header("To");
  target_ = response.contact_uri();
}

void PeerCall::acknowledge(const SipMessage& invite, const std::string& body) {
  peer_.send(request("ACK", invite.sequence(), random_word(), remote_, "", body), port_);
}

void PeerCall::acknowledge_refusal(const SipMessage& invite, const SipMessage& response) {
  const std::string via = invite.header("Via");
  const auto branch = via.find("z9hG4bK") + 7;
  peer_.send(request("ACK", invite.sequence(), via.substr(branch, via.find(';', branch) - branch),
                     response.header("To"), "", ""),
             port_);
}

void PeerCall::cancel(const SipMessage& invite) {
  const std::string via = invite.header("Via");
  const auto branch = via.find("z9hG4bK") + 7;
  peer_.send(request("CANCEL", invite.sequence(), via.substr(branch, via.find(';', branch) - branch),
                     invite.header("To"), "", ""),
             port_);
}

void PeerCall::reply(const SipMessage& request, int code, const std::string& phrase, const std::string& body,
                     const std::string& headers) {
  std::string to = request.header("To");
  if (to.find(";tag=") == std::string::npos && code > 100) to += ";tag=" + local_tag;
  std::string text = "SIP/2.0 " + std::to_string(code) + " " + phrase + "\r\n" + request.headers("Via") +
                     request.headers("Record-Route") + "From: " + request.header("From") + "\r\nTo: " + to +
                     "\r\nCall-ID: " + request.header("Call-ID") + "\r\nCSeq: " + request.header("CSeq") +
                     "\r\nContact: <" + contact + ">\r\n" + headers;
  if (!body.empty()) text += "Content-Type: " + content_type + "\r\n";
  peer_.send(text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body, port_);
}

void PeerCall::answer(const SipMessage& invite, const std::string& body, const std::string& headers) {
  reply(invite, 200, "OK", body, headers);
  peer_.expect("ACK");
}

}  // namespace test
