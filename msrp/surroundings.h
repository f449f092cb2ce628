// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/tls.h"
#include "base/trace.h"
#include "msrp/chat_values.h"
#include "msrp/reassembly.h"
#include "msrp/sockets.h"
#include "msrp/writer.h"

namespace msrp {

using Clock = std::function<Time()>;

// Limits of a connection's beginning, from the connecting to the first request.
inline constexpr Duration connect_time = std::chrono::seconds(30);

// A lookup of a name under way. Destroying it takes it back.
class Lookup {
 public:
  virtual ~Lookup() = default;
};

// The places in the order in which they are to be tried, or none and why. Called once, never from within.
using Found = std::function<void(const std::vector<Place>& places, const std::string& fault)>;

// What is the same for all chats, as plain values. Asked for each new chat.
struct ChatSettings {
  std::string local_address;     // to be reached on; empty: on all
  std::uint16_t local_port = 0;  // 0: any
  bool secure = true;            // what we offer
  bool verify_servers = true;    // by their name, where no fingerprint is given
  AcceptedTypes accepted;
  std::size_t max_message_size = 10'000'000;  // content that we take
  std::size_t chunk_size = 8192;              // that we send; Kamailio, as a relay, answers those of 16 KiB with 501
  Duration keep_alive{0};
};

// What all streams share; the engine owns it.
struct Surroundings {
  base::Scheduler& scheduler;
  std::function<ChatSettings()> settings;
  // The addresses of a host name, with the port.
  std::function<std::unique_ptr<Lookup>(const std::string& host, std::uint16_t port, Found found)> look_up_host;
  // The servers that a domain names for a service, such as "_msrps._tcp".
  std::function<std::unique_ptr<Lookup>(const std::string& service, const std::string& domain, Found found)>
      look_up_service;
  Clock clock;
  Random random;
  // Who we are and whom we believe. Throws base::Error{file_failure}.
  std::function<base::Identity()> identity;
  base::Trace* trace = nullptr;  // of all that is read and written; null: none
  // Made of it when the first chat needs it.
  std::unique_ptr<base::TlsContext> tls{};
};

// Throws base::Error{chat_failure} when there is no certificate.
base::TlsContext& tls_of(Surroundings& surroundings);

}  // namespace msrp
