// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "media/bytes.h"
#include "media/endpoint.h"
#include "media/sound.h"

namespace media {

// A file descriptor with one owner.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;

  int number() const { return number_; }
  bool valid() const { return number_ >= 0; }

 private:
  int number_;
};

// What one call of recvmmsg can take; shared by all sockets of a thread.
class Batch;

struct Datagram {
  Bytes bytes;
  Endpoint source;
  Time arrival{};  // when the kernel got it
};

// A bound UDP socket that never blocks and stamps what it gets with the kernel's time of arrival.
class UdpSocket {
 public:
  // Binds the address; nothing is bound and valid() is false when it is taken. Throws Error{media_failure} for the
  // rest.
  explicit UdpSocket(const Endpoint& local);

  bool valid() const { return descriptor_.valid(); }

  // The next datagrams, in the buffers of the batch until its next use; empty when there are no more.
  std::span<const Datagram> receive(Batch& batch, Time now);
  bool send(Bytes bytes, const Endpoint& remote);

 private:
  Descriptor descriptor_;
  sa_family_t family_;
};

class Batch {
 public:
  Batch();
  ~Batch();

  static constexpr std::size_t count = 16;
  static constexpr std::size_t size = 2048;

  struct Buffers;
  Buffers& buffers() { return *buffers_; }
  // What to add to a time of CLOCK_REALTIME to have one of CLOCK_MONOTONIC: the kernel stamps with the former.
  Time wall_offset{};
  std::vector<Datagram> datagrams;

 private:
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace media
