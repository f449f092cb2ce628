// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace test {

// Records as bytes of DNS: "A 127.0.0.1", "AAAA ::1", "CNAME other.test", "SRV 10 60 5060 sip.test" ("." is no
// target), "NAPTR 10 100 s SIP+D2U _sip._udp.test".
std::string dns_name(const std::string& name);
std::string dns_record(const std::string& owner, const std::string& record, std::uint32_t ttl = 60);
std::uint16_t dns_type(const std::string& record);  // by the first word

// A name server on 127.0.0.1, by UDP and TCP, that says exactly what the test wants; gone with this object. It answers
// in a thread of its own.
class DnsServer {
 public:
  // What it does to the questions about a name.
  enum class Mood {
    truthful,
    silent,
    servfail,
    refused,
    cut,     // over UDP nothing but the flag that says so
    forged,  // first a reply with another id, one to another question, and noise; then the true one
    broken,  // a record that ends in its middle
  };

  // Port 0: any that is free.
  explicit DnsServer(std::uint16_t port = 0);
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string text() const { return "127.0.0.1:" + std::to_string(port_); }

  void add(const std::string& name, const std::string& record, std::uint32_t ttl = 60);
  void remove(const std::string& name);
  // "": every name.
  void behave(const std::string& name, Mood mood);
  // The questions so far, each as "SRV _sip._udp.test".
  std::vector<std::string> asked() const;

 private:
  struct Record {
    std::string text;
    std::uint32_t ttl;
  };

  void run();
  void on_packet();
  void on_connection();
  std::vector<std::string> replies(const std::string& query, bool stream);

  int udp_ = -1;
  int tcp_ = -1;
  int stop_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;  // of what follows
  std::map<std::string, std::vector<Record>> records_;
  std::map<std::string, Mood> moods_;
  std::vector<std::string> asked_;
  std::jthread thread_;
};

}  // namespace test
