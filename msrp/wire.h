// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/tls.h"
#include "base/trace.h"
#include "msrp/sockets.h"

namespace msrp {

// One connection of TCP on the loop. It reads and writes what can be done at once, and calls when there is more to do.
// Each call may destroy the wire.
class Wire {
 public:
  using Call = std::function<void()>;

  // What is read and written goes to the trace, too; null: none.
  explicit Wire(base::Descriptor socket, base::Trace* trace = nullptr);

  // Begins TLS, before anything was read or written; the wire must stay where it is until the call comes: once, with
  // what went wrong, or "". As a server, or as a client of the server with that name.
  using Shaken = std::function<void(const std::string& fault)>;
  void accept_tls(const base::TlsContext& context, Shaken shaken);
  void connect_tls(const base::TlsContext& context, const std::string& name, Shaken shaken);
  const base::TlsConnection* tls() const { return tls_.get(); }

  // How many bytes came, or were taken: 0 for none at this time, and when it is broken.
  std::size_t read(std::span<char> room);  // of 16 KiB at least
  std::size_t write(std::string_view bytes);
  // The peer closed it, or it failed. Found by reading and writing.
  bool broken() const { return !fault_.empty(); }
  const std::string& fault() const { return fault_; }
  // The first byte that will be read, if it is there.
  std::optional<char> peek();
  // Nothing more will be written, which the peer is told.
  void end_writing();

  // Whenever there are bytes or the end of them; no call: never.
  void await_bytes(Call call);
  bool awaits_bytes() const { return reading_ != nullptr; }
  // As long as bytes can be written; no call: never.
  void await_room(Call call);
  bool awaits_room() const { return writing_ != nullptr; }

  const Place& peer() const { return peer_; }
  std::uint16_t local_port() const { return local_port_of(socket_); }
  bool secure() const { return tls_ != nullptr; }

 private:
  void begin_tls(base::TlsConnection connection, Shaken shaken);
  void shake_hands();
  std::size_t receive(std::span<char> room);
  std::size_t transmit(std::string_view bytes);
  void trace(const char* verb, const char* word, base::Redaction& redaction, std::string_view bytes);
  std::size_t settle(base::TlsConnection::Result result);
  void fail(const std::string& fault);

  base::Descriptor socket_;
  std::unique_ptr<base::TlsConnection> tls_;
  Shaken shaken_;
  Place peer_;
  base::Trace* trace_;
  base::Redaction read_, written_;
  std::string fault_;
  std::unique_ptr<base::Watch> reading_, writing_;
};

}  // namespace msrp
