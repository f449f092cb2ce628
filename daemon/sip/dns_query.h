// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/watch.h"
#include "daemon/sip/dns_message.h"
#include "daemon/sip/name_servers.h"

namespace sip::dns {

// One try to have one name server answer a question: from a port and with an id of its own, which are hard to guess,
// by UDP, and again by TCP when the reply was cut.
class Exchange {
 public:
  // `done` gets the answer, or the outcome `unreachable`; it comes once, later, and may destroy the exchange.
  Exchange(const NameServer& server, const Question& question, std::function<void(const Answer&)> done);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // False, with `detail` saying why, when the kernel refuses at once: then `done` is never called.
  bool start(std::string& detail);

 private:
  bool open(int type);
  void read_packet();
  bool start_stream();
  void write_stream();
  void read_stream();
  void finish(Answer answer);
  void fail(int error);

  const NameServer server_;
  const Question question_;
  std::function<void(const Answer&)> done_;
  std::uint16_t id_ = 0;
  base::Descriptor socket_;
  std::unique_ptr<base::Watch> watch_;
  std::string bytes_;  // of the stream: what is still to be written, then what was read
};

// One question, to one name server after the other until one answers. A late reply counts as well.
class Query {
 public:
  // The answer has the outcome `silence` when the limit passes. `done` comes once, later, and may destroy the query.
  Query(base::Scheduler& scheduler, std::vector<NameServer> servers, Question question, base::Duration limit,
        std::function<void(const Answer&, const NameServer&)> done);
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

 private:
  void try_next();
  void on_answer(std::size_t server, const Answer& answer);
  void on_unreachable(std::size_t server, const std::string& detail);
  void finish(const Answer& answer, std::size_t server);

  const std::vector<NameServer> servers_;
  const Question question_;
  std::function<void(const Answer&, const NameServer&)> done_;
  std::size_t tries_ = 0;
  std::set<std::size_t> failed_;       // those that said that they cannot answer
  std::set<std::size_t> unreachable_;  // those that were not there in this round
  unsigned empty_rounds_ = 0;
  std::vector<std::unique_ptr<Exchange>> exchanges_;
  base::Timer next_;
  base::Timer limit_;
};

}  // namespace sip::dns
