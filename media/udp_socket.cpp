// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/udp_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "base/error.h"

namespace media {
namespace {

// A second of G.711 is 50 packets of 0.7 KB as the kernel counts them: this holds a stall of several seconds.
constexpr int receive_buffer = 256 * 1024;

// A stamp that no clock step explains is not believed.
constexpr Time oldest_arrival = std::chrono::seconds(2);

Time arrival_of(msghdr& header, Time wall_offset, Time now) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    const Time arrival = std::chrono::seconds(stamp.tv_sec) + Time(stamp.tv_nsec) + wall_offset;
    if (arrival <= now && arrival > now - oldest_arrival) return arrival;
  }
  return now;
}

[[noreturn]] void refuse(const std::string& what) {
  throw base::Error(base::Errc::media_failure, what + ": " + std::strerror(errno));
}

}  // namespace

struct Batch::Buffers {
  std::array<std::array<std::byte, size>, count> bytes;
  std::array<std::array<std::byte, CMSG_SPACE(sizeof(timespec))>, count> control;
  std::array<sockaddr_storage, count> sources;
  std::array<iovec, count> parts;
  std::array<mmsghdr, count> messages;
};

Batch::Batch() : buffers_(std::make_unique<Buffers>()) { datagrams.reserve(count); }
Batch::~Batch() = default;

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

UdpSocket::UdpSocket(const Endpoint& local) : family_(local.is_ipv4() ? AF_INET : AF_INET6) {
  Descriptor descriptor(::socket(family_, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!descriptor.valid()) refuse("no socket for sound");
  const int yes = 1;
  setsockopt(descriptor.number(), SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
  setsockopt(descriptor.number(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  // RFC 4594: telephony is Expedited Forwarding. Refused or ignored, the call works all the same.
  const int traffic_class = 46 << 2;
  if (family_ == AF_INET)
    setsockopt(descriptor.number(), IPPROTO_IP, IP_TOS, &traffic_class, sizeof traffic_class);
  else
    setsockopt(descriptor.number(), IPPROTO_IPV6, IPV6_TCLASS, &traffic_class, sizeof traffic_class);
  sockaddr_storage address{};
  const socklen_t size = local.to_socket(family_, address);
  if (::bind(descriptor.number(), reinterpret_cast<const sockaddr*>(&address), size) == 0)
    descriptor_ = std::move(descriptor);
  else if (errno != EADDRINUSE && errno != EACCES)
    refuse("sound can not be bound to " + local.address_text());
}

std::span<const Datagram> UdpSocket::receive(Batch& batch, Time now) {
  auto& buffers = batch.buffers();
  for (std::size_t i = 0; i < Batch::count; ++i) {
    buffers.parts[i] = {buffers.bytes[i].data(), Batch::size};
    msghdr& header = buffers.messages[i].msg_hdr;
    header = {};
    header.msg_name = &buffers.sources[i];
    header.msg_namelen = sizeof buffers.sources[i];
    header.msg_iov = &buffers.parts[i];
    header.msg_iovlen = 1;
    header.msg_control = buffers.control[i].data();
    header.msg_controllen = buffers.control[i].size();
  }
  batch.datagrams.clear();
  const int got = ::recvmmsg(descriptor_.number(), buffers.messages.data(), Batch::count, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < got; ++i) {
    const auto at = static_cast<std::size_t>(i);
    msghdr& header = buffers.messages[at].msg_hdr;
    // One that was cut is passed on as empty: it is malformed for all who look at it.
    const std::size_t length = header.msg_flags & MSG_TRUNC ? 0 : buffers.messages[at].msg_len;
    batch.datagrams.push_back({Bytes(buffers.bytes[at].data(), length), Endpoint::from_socket(buffers.sources[at]),
                               arrival_of(header, batch.wall_offset, now)});
  }
  return batch.datagrams;
}

bool UdpSocket::send(Bytes bytes, const Endpoint& remote) {
  if (!remote.is_specific() || (family_ == AF_INET && !remote.is_ipv4())) return false;
  sockaddr_storage address{};
  const socklen_t size = remote.to_socket(family_, address);
  return ::sendto(descriptor_.number(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&address), size) >= 0;
}

}  // namespace media
