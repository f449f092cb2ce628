// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/dns_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <sstream>
#include <stdexcept>

namespace test {
namespace {

std::string number(unsigned value) { return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)}; }
std::string long_number(std::uint32_t value) { return number(value >> 16) + number(value & 0xffff); }
std::string word(const std::string& text) { return static_cast<char>(text.size()) + text; }

unsigned number_at(const std::string& bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes.at(at)) << 8 | static_cast<unsigned char>(bytes.at(at + 1));
}

std::string name_at(const std::string& bytes, std::size_t& at) {
  std::string name;
  while (const auto length = static_cast<unsigned char>(bytes.at(at++))) {
    name += (name.empty() ? "" : ".") + bytes.substr(at, length);
    at += length;
  }
  return name;
}

const std::map<std::string, std::uint16_t> types{{"A", 1}, {"CNAME", 5}, {"AAAA", 28}, {"SRV", 33}, {"NAPTR", 35}};

std::string type_name(unsigned type) {
  for (const auto& [name, value] : types)
    if (value == type) return name;
  return std::to_string(type);
}

std::string data_of(const std::string& record) {
  std::istringstream words(record);
  std::string type;
  std::string text;
  words >> type;
  if (type == "A" || type == "AAAA") {
    std::array<char, 16> bytes{};
    words >> text;
    if (inet_pton(type == "A" ? AF_INET : AF_INET6, text.c_str(), bytes.data()) != 1)
      throw std::runtime_error("no address: " + record);
    return {bytes.data(), type == "A" ? 4u : 16u};
  }
  if (type == "CNAME") return words >> text, dns_name(text);
  unsigned first = 0;
  unsigned second = 0;
  unsigned port = 0;
  if (type == "SRV") {
    words >> first >> second >> port >> text;
    return number(first) + number(second) + number(port) + dns_name(text);
  }
  std::string flags;
  std::string service;
  words >> first >> second >> flags >> service >> text;
  return number(first) + number(second) + word(flags) + word(service) + word("") + dns_name(text);
}

}  // namespace

std::string dns_name(const std::string& name) {
  std::string bytes;
  std::istringstream labels(name == "." ? "" : name);
  for (std::string label; std::getline(labels, label, '.');) bytes += word(label);
  return bytes + '\0';
}

std::uint16_t dns_type(const std::string& record) { return types.at(record.substr(0, record.find(' '))); }

std::string dns_record(const std::string& owner, const std::string& record, std::uint32_t ttl) {
  const std::string data = data_of(record);
  return dns_name(owner) + number(dns_type(record)) + number(1) + long_number(ttl) +
         number(static_cast<unsigned>(data.size())) + data;
}

DnsServer::DnsServer(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  const int on = 1;
  stop_ = eventfd(0, EFD_CLOEXEC);
  // A port that is free for TCP need not be free for UDP.
  for (int attempt = 0; attempt < 50; ++attempt) {
    address.sin_port = htons(port);
    socklen_t size = sizeof(address);
    tcp_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    udp_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(tcp_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(tcp_, raw, sizeof(address)) == 0 && listen(tcp_, 16) == 0 &&
        getsockname(tcp_, reinterpret_cast<sockaddr*>(&address), &size) == 0 && bind(udp_, raw, sizeof(address)) == 0) {
      port_ = ntohs(address.sin_port);
      thread_ = std::jthread([this] { run(); });
      return;
    }
    close(tcp_);
    close(udp_);
  }
  throw std::runtime_error("no port for a name server");
}

DnsServer::~DnsServer() {
  const std::uint64_t one = 1;
  if (write(stop_, &one, sizeof(one)) == sizeof(one)) thread_.join();
  close(tcp_);
  close(udp_);
  close(stop_);
}

void DnsServer::add(const std::string& name, const std::string& record, std::uint32_t ttl) {
  const std::scoped_lock lock(mutex_);
  records_[name].push_back({record, ttl});
}

void DnsServer::remove(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  records_.erase(name);
}

void DnsServer::behave(const std::string& name, Mood mood) {
  const std::scoped_lock lock(mutex_);
  moods_[name] = mood;
}

std::vector<std::string> DnsServer::asked() const {
  const std::scoped_lock lock(mutex_);
  return asked_;
}

void DnsServer::run() {
  while (true) {
    std::array<pollfd, 3> waiting{{{stop_, POLLIN, 0}, {udp_, POLLIN, 0}, {tcp_, POLLIN, 0}}};
    if (poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[0].revents != 0) return;
    if (waiting[1].revents != 0) on_packet();
    if (waiting[2].revents != 0) on_connection();
  }
}

void DnsServer::on_packet() {
  std::array<char, 1500> buffer;
  sockaddr_in from{};
  socklen_t size = sizeof(from);
  const ssize_t length = recvfrom(udp_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
  if (length < 12) return;
  for (const std::string& reply : replies({buffer.data(), static_cast<std::size_t>(length)}, false))
    sendto(udp_, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
}

// One question on each connection, and no other is served meanwhile: that is all that these tests need.
void DnsServer::on_connection() {
  const int peer = accept(tcp_, nullptr, nullptr);
  std::array<char, 1500> buffer;
  const ssize_t length = recv(peer, buffer.data(), buffer.size(), 0);
  if (length > 14)
    for (const std::string& reply : replies({buffer.data() + 2, static_cast<std::size_t>(length) - 2}, true)) {
      // In two parts, as a network might.
      const std::string bytes = number(static_cast<unsigned>(reply.size())) + reply;
      send(peer, bytes.data(), 1, MSG_NOSIGNAL);
      send(peer, bytes.data() + 1, bytes.size() - 1, MSG_NOSIGNAL);
    }
  close(peer);
}

std::vector<std::string> DnsServer::replies(const std::string& query, bool stream) {
  const std::scoped_lock lock(mutex_);
  std::size_t at = 12;
  const std::string name = name_at(query, at);
  const unsigned type = number_at(query, at);
  const std::string question = query.substr(12, at + 4 - 12);
  asked_.push_back(type_name(type) + " " + name);
  const auto mood = moods_.contains(name) ? moods_[name] : moods_.contains("") ? moods_[""] : Mood::truthful;
  const auto reply = [&](unsigned id, unsigned flags, unsigned count, const std::string& rest) {
    return number(id) + number(0x8180 | flags) + number(1) + number(count) + number(0) + number(0) + rest;
  };
  const unsigned id = number_at(query, 0);
  if (mood == Mood::silent) return {};
  if (mood == Mood::servfail) return {reply(id, 2, 0, question)};
  if (mood == Mood::refused) return {reply(id, 5, 0, question)};
  if (mood == Mood::cut && !stream) return {reply(id, 0x0200, 0, question)};
  if (!records_.contains(name)) return {reply(id, 3, 0, question)};

  std::string answers;
  unsigned count = 0;
  std::string owner = name;
  for (unsigned alias = 0; alias < 10; ++alias) {
    std::string next;
    for (const Record& record : records_.contains(owner) ? records_[owner] : std::vector<Record>{}) {
      const bool is_alias = dns_type(record.text) == types.at("CNAME");
      if (dns_type(record.text) != type && !is_alias) continue;
      if (is_alias) next = record.text.substr(6);
      answers += dns_record(owner, record.text, record.ttl);
      ++count;
    }
    if (next.empty()) break;
    owner = next;
  }
  std::vector<std::string> result;
  if (mood == Mood::forged) {
    const std::string lie = dns_record(name, "A 127.0.0.99");
    result = {reply(id ^ 1, 0, 1, question + lie),
              reply(id, 0, 1, dns_name("other.test") + number(1) + number(1) + lie), "noise",
              reply(id, 0, 1, question + lie).replace(2, 2, std::string(2, '\0'))};
  }
  if (mood == Mood::broken && !answers.empty()) answers.resize(answers.size() - 1);
  result.push_back(reply(id, 0, count, question + answers));
  return result;
}

}  // namespace test
